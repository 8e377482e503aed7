import { type PostgresServer, startPostgres } from './postgres';

const place = globalThis as { sharedPostgres?: PostgresServer };

/** One server for all files of a run, where none was given: making one takes longer than most of them need it for. */
export default async function start(): Promise<void> {
  if (process.env['DATABASE_TEST_URL'] !== undefined) return;
  place.sharedPostgres = await startPostgres({ connections: 400 });
  process.env['DATABASE_TEST_URL'] = place.sharedPostgres.url;
}

export const stop = async (): Promise<void> => place.sharedPostgres?.remove();
