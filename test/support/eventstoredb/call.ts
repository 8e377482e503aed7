import { type Metadata, type sendUnaryData, status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessDenied, notLeader, notReady, RpcFailure, timedOut, unauthenticated } from './errors';
import type { CallKind, Fault } from './faults';
import type { Node } from './node';

/** Ends the work for a call to which nobody listens any more. */
export class CallOver extends Error {}

/** A call whose answer a fault can replace. */
export interface Answerable {
  readonly peer: string;
  fail(error: RpcFailure): void;
  end(): void;
}

/** A fault that replaces the answer. */
export type Strike = Exclude<Fault, { kind: 'delay' }>;

/** Counts a call, waits out its delay and tells what else is to go wrong with it. */
export async function begin(node: Node, kind: CallKind): Promise<Strike | undefined> {
  node.calls[kind] += 1;
  const fault: Fault | undefined = node.frozen ? { kind: 'silence' } : node.faults.take(kind);
  if (fault?.kind !== 'delay') return fault;
  await sleep(fault.ms);
  return undefined;
}

/** Where a call with a single answer is answered. */
interface SingleAnswer<Response> {
  readonly call: { getPeer(): string };
  readonly answer: sendUnaryData<Response>;
  /** The answer that says nothing. */
  readonly empty: Response;
}

/** Answers a call with what the work gives or throws, or as its fault has it. */
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

/** Answers with what was thrown; whoever left gets no answer. */
export function failWith(error: unknown, fail: (failure: RpcFailure) => void): void {
  if (error instanceof RpcFailure) fail(error);
  else if (!(error instanceof CallOver)) fail(new RpcFailure(status.UNKNOWN, String(error)));
}

/** Whether an append is stored before the fault strikes. */
export function commitsFirst(fault: Strike): boolean {
  return 'committed' in fault && fault.committed;
}

/** Lets a fault happen. */
export function strike(node: Node, fault: Strike, call: Answerable): void {
  if (fault.kind === 'error') call.fail(new RpcFailure(fault.code, fault.details ?? 'Ordered by the test.'));
  else if (fault.kind === 'timeout') call.fail(timedOut());
  else if (fault.kind === 'not-ready') call.fail(notReady());
  else if (fault.kind === 'not-leader') call.fail(notLeader(fault.host, fault.port));
  else if (fault.kind === 'end') call.end();
  else if (fault.kind === 'kill') node.connections.kill(call.peer);
}

/**
 * Throws unless the caller has the right to the call. Wrong credentials are turned away by HTTP, missing ones later.
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
 * Throws where the leader is to be had, if the call is for the leader and another server is that.
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/RpcExceptions.cs (TryHandleNotHandled)
 */
export function requireLeader({ leader }: Node, metadata: Metadata): void {
  if (leader !== undefined && metadata.get('requires-leader')[0] === 'true') throw notLeader(leader.host, leader.port);
}
