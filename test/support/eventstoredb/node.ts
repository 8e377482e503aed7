import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessDenied, notLeader, plainError, timedOut, unauthenticated } from './errors';
import type { CallKind, Fault, Faults } from './faults';
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
  readonly isAlive?: boolean;
}

/** What every call sees of the server. */
export interface Node {
  readonly log: EventLog;
  readonly faults: Faults;
  readonly calls: Map<CallKind, number>;
  readonly batchAppend: boolean;
  readonly credentials: Credentials | undefined;
  /** Answers no call while this is so. */
  readonly frozen: boolean;
  readonly members: () => readonly Member[];
  /** The leader, when this server is not. */
  readonly leader: () => Member | undefined;
  readonly killConnection: (peer: string) => void;
}

/** A call whose answer can be replaced by a fault. */
export interface Answerable {
  readonly peer: string;
  fail(error: StatusObject): void;
  end(): void;
}

export type Strike = Exclude<Fault, { kind: 'delay' }>;

/** Counts a call, waits out its delay and tells what else is to go wrong with it. */
export async function begin(node: Node, kind: CallKind): Promise<Strike | undefined> {
  node.calls.set(kind, (node.calls.get(kind) ?? 0) + 1);
  const fault = node.frozen ? ({ kind: 'silence' } as const) : node.faults.take(kind);
  if (fault?.kind !== 'delay') return fault;
  await sleep(fault.ms);
  return undefined;
}

/** Whether an append is stored before the fault strikes. */
export function commitsFirst(fault: Strike | undefined): boolean {
  return fault === undefined || ('committed' in fault && fault.committed);
}

/**
 * Why a call is refused before it is looked at.
 * Wrong credentials are turned away by HTTP, missing ones by the check of rights; a write for the leader by a follower.
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Http/AuthenticationMiddleware.cs,
 * src/EventStore.Core/Services/Transport/Grpc/Streams.Append.cs
 */
export function refusal(node: Node, metadata: Metadata): StatusObject | undefined {
  const [authorization] = metadata.get('authorization');
  if (node.credentials !== undefined) {
    if (authorization === undefined) return accessDenied();
    const { username, password } = node.credentials;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (authorization !== expected) return unauthenticated();
  }
  const leader = node.leader();
  if (leader !== undefined && metadata.get('requires-leader')[0] === 'true') return notLeader(leader.host, leader.port);
  return undefined;
}

/** Lets a fault happen. */
export function strike(node: Node, fault: Strike, call: Answerable): void {
  switch (fault.kind) {
    case 'error': {
      call.fail(plainError(fault.code, fault.details ?? 'ordered by the test'));
      return;
    }
    case 'timeout': {
      call.fail(timedOut());
      return;
    }
    case 'not-leader': {
      call.fail(notLeader(fault.host, fault.port));
      return;
    }
    case 'end': {
      call.end();
      return;
    }
    case 'kill': {
      node.killConnection(call.peer);
      return;
    }
    case 'silence':
      return;
  }
}
