import type { Connections } from './connections';
import { type CallKind, Faults } from './faults';
import type { EventLog } from './log';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A member of a cluster, as gossip reports it. */
export interface Member {
  readonly host: string;
  readonly port: number;
  readonly state: 'leader' | 'follower';
  /** Default: true. */
  readonly isAlive?: boolean;
}

/** The state of the server that all calls share. */
export class Node {
  readonly faults = new Faults();
  readonly calls: Record<CallKind, number> = {
    serverFeatures: 0,
    append: 0,
    batchAppend: 0,
    read: 0,
    subscribe: 0,
    gossip: 0,
  };
  /** While true, no call is answered. */
  frozen = false;
  cluster: readonly Member[] | undefined;

  constructor(
    readonly log: EventLog,
    readonly connections: Connections,
    readonly batchAppend: boolean,
    readonly credentials: Credentials | undefined,
  ) {}

  get members(): readonly Member[] {
    return this.cluster ?? [{ host: this.connections.host, port: this.connections.port, state: 'leader' }];
  }

  /** The leader, if it is another server. */
  get leader(): Member | undefined {
    return this.cluster?.find(({ state, port }) => state === 'leader' && port !== this.connections.port);
  }
}
