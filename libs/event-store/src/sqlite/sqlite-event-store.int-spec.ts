import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStore } from '../testing/event-store.contract';
import { SqliteEventStore } from './sqlite-event-store';

describeEventStore('SqliteEventStore', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const path = join(folder, 'events.sqlite');
  const store = new SqliteEventStore(path);
  return {
    store,
    reopen: async () => new SqliteEventStore(path),
    cleanup: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
