import { randomUUID } from 'node:crypto';
import { SqliteEventStore } from '../sqlite/sqlite-event-store';

/**
 * Appends events to one stream until the store is full, and prints how many were answered, what the failing ones were
 * told, and whether reading still works: `append-until-full.ts <file> <bytes an event>`.
 */
async function main(path: string, bytes: number): Promise<void> {
  const store = new SqliteEventStore(path);
  const errors: { name: string; message: string }[] = [];
  let answered = 0;
  while (errors.length < 3) {
    const event = { id: randomUUID(), type: 'Filled', data: { text: 'x'.repeat(bytes) }, metadata: {} };
    try {
      await store.append('full-1', answered - 1, [event]);
      answered += 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push({ name: error.constructor.name, message: error.message });
    }
  }
  let read = 0;
  for await (const _ of store.read('full-1')) read += 1;
  process.stdout.write(`${JSON.stringify({ answered, read, errors })}\n`);
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
