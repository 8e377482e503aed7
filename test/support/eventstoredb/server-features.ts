import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import type { Node } from './node';

/**
 * Lists the capabilities of this server: EventStore/EventStore
 * src/EventStore.Core/Services/Transport/Grpc/ServerFeatures.cs
 */
export function supportedMethods({ batchAppend }: Node): SupportedMethods {
  const methods = [method('read', 'position', 'events'), method('append')];
  if (batchAppend) methods.push(method('batchappend', 'deadline_duration'));
  return new SupportedMethods().setEventStoreServerVersion('24.10.0').setMethodsList(methods);
}

function method(name: string, ...features: readonly string[]): SupportedMethod {
  return new SupportedMethod()
    .setServiceName('event_store.client.streams.streams')
    .setMethodName(name)
    .setFeaturesList([...features]);
}
