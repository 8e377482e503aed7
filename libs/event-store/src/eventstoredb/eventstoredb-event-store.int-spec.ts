import { startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import { describeEventStore, type OpenedStore } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import type { EventStoreDbOptions } from './options';

function opened(options: EventStoreDbOptions, letGo = async (): Promise<void> => undefined): OpenedStore {
  const store = new EventStoreDbEventStore(options);
  return {
    store,
    reopen: async () => new EventStoreDbEventStore(options),
    cleanup: async () => {
      await store.close();
      await letGo();
    },
  };
}

const real = process.env['EVENTSTORE_TEST_URL'];
/** No service could read what is written here, so services on the same server must not see it. */
const streamPrefix = 'contract-';

describe('at a server that takes batches', () => {
  describeEventStore('EventStoreDbEventStore', async () => {
    const server = await startEventStoreDb();
    return opened({ url: server.connectionString }, () => server.close());
  });
});

describe('at a server that takes no batches, and to which others write', () => {
  describeEventStore('EventStoreDbEventStore', async () => {
    const server = await startEventStoreDb({ batchAppend: false });
    const others = setInterval(() => server.writeSystemEvents(1), 5);
    const letGo = async (): Promise<void> => {
      clearInterval(others);
      await server.close();
    };
    return { ...opened({ url: server.connectionString }, letGo), isShared: true };
  });
});

if (real !== undefined) {
  describeEventStore('EventStoreDbEventStore at a real server', async () => ({
    ...opened({ url: real, streamPrefixes: [streamPrefix] }),
    streamPrefix,
    isShared: true,
  }));
} else {
  it.skip('keeps the same contract at a real server: npm run test:eventstore -- --url esdb://… tries it', () =>
    undefined);
}
