import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { filesOf } from './built.mts';
import { makeParties } from './parties.mts';
import { replayOnce } from './rebuild-figures.mts';
import { seedLog } from './seed.mts';

/**
 * Prints what is stored for each event and each connection, in bytes: the figures that docs/scaling.md reckons with.
 * `npx -c 'node test/bench/sizes.mts [connections]'`, after a build.
 */
const connections = Number(process.argv[2] ?? 100_000);

using folder = mkdtempDisposableSync(join(tmpdir(), 'connections-sizes-'));
const { parties, destinations } = await makeParties(folder.path);
const sources = parties.map(({ id }) => id);
const events = seedLog({ dataDir: folder.path, connections, eventsEach: 4, sources, destinations });
await replayOnce({ dataDir: folder.path, by: 'rebuild' });
const files = filesOf(folder.path);
console.log(`${connections} connections, ${events} events\n\nBytes of text for each event, by type:`);
console.table(textOf(files.log));
console.log('Bytes of file for each event, by table and index of the log:');
console.table(pagesOf(files.log, 'events', events));
console.log('Bytes of file for each connection, by table and index of the read model:');
console.table(pagesOf(files.database, 'connections', connections));

function textOf(file: string): unknown[] {
  const database = new Sqlite(file, { readonly: true });
  const lengths = ['stream', 'id', 'type', 'data', 'metadata'].map((column) => `octet_length(${column})`).join(' + ');
  try {
    return database
      .prepare(
        `select type, round(avg(octet_length(data)), 1) as data, round(avg(octet_length(metadata)), 1) as metadata,
         round(avg(${lengths}), 1) as whole from events group by type
         union all select 'all', round(avg(octet_length(data)), 1), round(avg(octet_length(metadata)), 1),
         round(avg(${lengths}), 1) from events`,
      )
      .all();
  } finally {
    database.close();
  }
}

/** Pages as they lie in the file, with what is free inside them. */
function pagesOf(file: string, table: string, count: number): unknown[] {
  const database = new Sqlite(file, { readonly: true });
  try {
    return database
      .prepare(
        `select s.name, sum(s.pgsize) as bytes, round(sum(s.pgsize) * 1.0 / ?, 1) as each,
         round(sum(s.unused) * 100.0 / sum(s.pgsize), 0) as "free %"
         from dbstat s join sqlite_schema on sqlite_schema.name = s.name where sqlite_schema.tbl_name = ?
         group by s.name order by bytes desc`,
      )
      .all(count, table);
  } finally {
    database.close();
  }
}
