import { startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import { describeEventStore } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';

describe.each(['batch', 'plain'] as const)('with appends by the %s path', (appendPath) => {
  describeEventStore('EventStoreDbEventStore', async () => {
    const server = await startEventStoreDb();
    const open = (): EventStoreDbEventStore => new EventStoreDbEventStore({ url: server.connectionString, appendPath });
    const store = open();
    return {
      store,
      reopen: async () => open(),
      cleanup: async () => {
        await store.close();
        await server.close();
      },
    };
  });
});
