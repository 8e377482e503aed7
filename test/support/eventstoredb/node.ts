import type { Connections } from './connections';
import { type CallKind, Faults } from './faults';
import type { EventLog } from './log';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A member of a cluster as gossip tells of it. */
export interface Member {
  readonly host: string;
  readonly port: number;
  readonly state: 'leader' | 'follower';
  /** Default: true. */
  readonly isAlive?: boolean;
}

/** What every call sees of the server. */
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
  /** Answers no call while this is so. */
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

  /** The leader, when it is another server. */
  get leader(): Member | undefined {
    return this.cluster?.find(({ state, port }) => state === 'leader' && port !== this.connections.port);
  }
}
