import { type PostgresServer, startPostgres } from './postgres';

const place = globalThis as { sharedPostgres?: PostgresServer };

/** One server for all files of a run, unless one is given: starting a server takes longer than most files use it. */
export default async function start(): Promise<void> {
  if (process.env['DATABASE_TEST_URL'] !== undefined) return;
  place.sharedPostgres = await startPostgres({ connections: 400 });
  process.env['DATABASE_TEST_URL'] = place.sharedPostgres.url;
}

export const stop = async (): Promise<void> => place.sharedPostgres?.remove();
