import { startPostgres } from '../support/postgres';

// A PostgreSQL server for the benchmark: each message asks for a new database. The server ends with this process.

const starting = startPostgres({ durable: true });

async function answer(): Promise<{ url: string } | { problem: string }> {
  try {
    return { url: await (await starting).createDatabase() };
  } catch (error) {
    return { problem: String(error) };
  }
}

process.on('message', () => void answer().then((message) => process.send?.(message)));
process.on('disconnect', () => process.exit());
