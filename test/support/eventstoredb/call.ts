import { type Metadata, type sendUnaryData, status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessDenied, notLeader, notReady, RpcFailure, timedOut, unauthenticated } from './errors';
import type { CallKind, Fault } from './faults';
import type { Node } from './node';

/** The client has left, so work for its call ends. */
export class CallOver extends Error {}

/** A call whose answer can be replaced by a fault. */
export interface Answerable {
  readonly peer: string;
  fail(error: RpcFailure): void;
  end(): void;
}

/** A fault that replaces the answer. */
export type Strike = Exclude<Fault, { kind: 'delay' }>;

/** Counts a call, waits for its delay, and returns any other fault ordered for it. */
export async function begin(node: Node, kind: CallKind): Promise<Strike | undefined> {
  node.calls[kind] += 1;
  const fault: Fault | undefined = node.frozen ? { kind: 'silence' } : node.faults.take(kind);
  if (fault?.kind !== 'delay') return fault;
  await sleep(fault.ms);
  return undefined;
}

/** A call with a single answer. */
interface SingleAnswer<Response> {
  readonly call: { getPeer(): string };
  readonly answer: sendUnaryData<Response>;
  /** An empty answer. */
  readonly empty: Response;
}

/** Answers a call with the result or the error of the work, or with its fault. */
export function answerOnce<Response>(
  node: Node,
  kind: CallKind,
  { call, answer, empty }: SingleAnswer<Response>,
  work: () => Response | Promise<Response>,
): void {
  const run = async (): Promise<void> => {
    const fault = await begin(node, kind);
    const response = fault === undefined || commitsFirst(fault) ? await work() : empty;
    if (fault === undefined) answer(null, response);
    else strike(node, fault, { peer: call.getPeer(), fail: answer, end: () => answer(null, empty) });
  };
  run().catch((error: unknown) => failWith(error, answer));
}

/** Answers with an error, unless the client has left. */
export function failWith(error: unknown, fail: (failure: RpcFailure) => void): void {
  if (error instanceof RpcFailure) fail(error);
  else if (!(error instanceof CallOver)) fail(new RpcFailure(status.UNKNOWN, String(error)));
}

/** Whether an append is stored before the fault strikes. */
export function commitsFirst(fault: Strike): boolean {
  return 'committed' in fault && fault.committed;
}

/** Carries out a fault. */
export function strike(node: Node, fault: Strike, call: Answerable): void {
  if (fault.kind === 'error') call.fail(new RpcFailure(fault.code, fault.details ?? 'Ordered by the test.'));
  else if (fault.kind === 'timeout') call.fail(timedOut());
  else if (fault.kind === 'not-ready') call.fail(notReady());
  else if (fault.kind === 'not-leader') call.fail(notLeader(fault.host, fault.port));
  else if (fault.kind === 'end') call.end();
  else if (fault.kind === 'kill') node.connections.kill(call.peer);
}

/**
 * Throws unless the caller may make the call. Wrong credentials are rejected by HTTP, missing ones later.
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Http/AuthenticationMiddleware.cs
 */
export function authorize({ credentials }: Node, metadata: Metadata): void {
  if (credentials === undefined) return;
  const [authorization] = metadata.get('authorization');
  if (authorization === undefined) throw accessDenied();
  const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  if (authorization !== `Basic ${expected}`) throw unauthenticated();
}

/**
 * Throws the address of the leader if the call requires the leader and this server is not it. EventStore/EventStore
 * src/EventStore.Core/Services/Transport/Grpc/RpcExceptions.cs (TryHandleNotHandled)
 */
export function requireLeader({ leader }: Node, metadata: Metadata): void {
  if (leader !== undefined && metadata.get('requires-leader')[0] === 'true') throw notLeader(leader.host, leader.port);
}
