import type { sendUnaryData, ServerUnaryCall, StatusObject } from '@grpc/grpc-js';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import type { Empty } from '@eventstore/db-client/generated/shared_pb';
import { begin, type Node, strike } from './node';

/** Names what this server can do: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/ServerFeatures.cs */
export async function serverFeatures(
  node: Node,
  call: ServerUnaryCall<Empty, SupportedMethods>,
  answer: sendUnaryData<SupportedMethods>,
): Promise<void> {
  const fault = await begin(node, 'serverFeatures');
  if (fault !== undefined) {
    const fail = (error: StatusObject): void => answer(error);
    strike(node, fault, { peer: call.getPeer(), fail, end: () => answer(null, new SupportedMethods()) });
    return;
  }
  const methods = [method('read', 'position', 'events'), method('append')];
  if (node.batchAppend) methods.push(method('batchappend', 'deadline_duration'));
  answer(null, new SupportedMethods().setEventStoreServerVersion('24.10.0').setMethodsList(methods));
}

function method(name: string, ...features: readonly string[]): SupportedMethod {
  return new SupportedMethod()
    .setServiceName('event_store.client.streams.streams')
    .setMethodName(name)
    .setFeaturesList([...features]);
}
