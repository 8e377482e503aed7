import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { type AuditedLog, openAuditedLog } from '@connections/audit/testing/audited-log';
import { checkpointMigrations } from '@connections/audit/checkpoints.tables';
import { verifyLog } from '@connections/audit/verify-log';
import { textMigrations } from '@connections/connection/texts';
import { migrate } from '@connections/database/migrate';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { projectionMigrations } from '@connections/event-store/projection';
import { chance as chanceOf } from '../support/chance';
import { temporaryFolder } from '../support/temporary-folder';

/** Another one each time, unless it is set to see a failure again. */
const SEED = Number(process.env['PROOF_SEED'] ?? Date.now() % 1_000_000);
const CASES = 10_000;
/** How many are made of one log. */
const OF_EACH = 250;

type Row = Record<'stream' | 'id' | 'type' | 'data' | 'metadata', string> & { position: number; revision: number };
type Chance = (below: number) => number;

describe(`a copy of the log (seed ${SEED})`, () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  let log: AuditedLog;
  let file: SqliteDatabase.Database;
  let rows: Row[];

  async function begin(chance: Chance): Promise<void> {
    log = await openAuditedLog({
      engine: 'sqlite',
      newPlace: () => Promise.reject(new Error('It has one.')),
      open: async () => openSqliteDatabase(join(folder.path, `${randomUUID()}.sqlite`)),
    });
    await migrate(log.database.as<never>().writer, {
      ...projectionMigrations,
      ...checkpointMigrations,
      ...textMigrations,
    });
    log.keys.create('log.example');
    const { checkpoints } = await log.instance();
    for (let part = 0; part < 3; part += 1) {
      await log.append(...Array.from({ length: 1 + chance(8) }, () => chance(4)));
      await checkpoints.coveringNow();
    }
    await log.stop();
    file = new SqliteDatabase(join(log.folder, 'events-1.sqlite'));
    file.pragma('synchronous = off');
    rows = file.prepare<[], Row>('select * from events order by position').all();
  }
  async function end(): Promise<void> {
    file.close();
    await log.close();
  }

  afterEach(end);

  const store = (changed: readonly Row[]): void =>
    file.transaction(() => {
      file.exec('delete from events');
      const insert = file.prepare(
        'insert into events values (@position, @stream, @revision, @id, @type, @data, @metadata)',
      );
      for (const row of changed) insert.run(row);
    })();

  it(`is whole as it is, and found out ${CASES} times of ${CASES} when it was changed`, async () => {
    const chance = chanceOf(SEED);
    for (let done = 0; done < CASES;) {
      if (done % OF_EACH === 0) {
        if (done > 0) await end();
        await begin(chance);
        expect((await verifyLog(log.store(), log.database.as())).fault).toBeNull();
      }
      const manipulated = manipulations[done % manipulations.length]?.(rows, chance) ?? null;
      if (manipulated === null) continue;
      store(manipulated);
      const wrong = await wrongWith(manipulated);
      if (wrong !== null) throw new Error(`case ${done} of seed ${SEED}: ${wrong}`);
      done += 1;
    }
  });

  /** Null when it was found out, and the first event that is not what it was is named. */
  async function wrongWith(manipulated: readonly Row[]): Promise<string | null> {
    const first = rows.findIndex((row, index) => !isSame(row, manipulated[index]));
    const names = [rows[first], manipulated[first]].flatMap((row) => (row ? [`${row.stream}@${row.revision}`] : []));
    const { fault } = await verifyLog(log.store(), log.database.as());
    if (fault === null) return `${names[0]} was taken for what it was.`;
    const isNamed = fault.index === first && fault.event !== null && names.includes(fault.event);
    return isNamed ? null : `${names.join(' or ')} at ${first} is not named: ${JSON.stringify(fault)}`;
  }
});

const isSame = (row: Row, other: Row | undefined): boolean =>
  other !== undefined && JSON.stringify({ ...row, position: 0 }) === JSON.stringify({ ...other, position: 0 });

const placed = (rows: readonly Row[]): Row[] => rows.map((row, index) => ({ ...row, position: index + 1 }));

/** What somebody may do to a log; null where chance has it that nothing was done. */
const manipulations: readonly ((rows: readonly Row[], chance: Chance) => Row[] | null)[] = [
  // One character of a column is another one.
  (rows, chance) => {
    const at = chance(rows.length);
    const row = rows[at] as Row;
    const column = (['id', 'type', 'data', 'metadata'] as const)[chance(4)] as 'id';
    const text = row[column];
    const place = chance(text.length);
    const letter = String.fromCharCode(33 + chance(94));
    if (letter === text[place]) return null;
    return rows.with(at, { ...row, [column]: text.slice(0, place) + letter + text.slice(place + 1) });
  },
  // One is gone, and the gap is closed or not.
  (rows, chance) => {
    const left = rows.toSpliced(chance(rows.length), 1);
    return chance(2) === 0 ? left : placed(left);
  },
  // The end is gone.
  (rows, chance) => rows.slice(0, chance(rows.length)),
  // One that never was is put in.
  (rows, chance) => {
    const at = chance(rows.length);
    const like = rows[at] as Row;
    return placed(rows.toSpliced(at, 0, { ...like, stream: 'connection-forged', revision: 0, id: 'forged' }));
  },
  // Two have changed places.
  (rows, chance) => {
    const [one, other] = [chance(rows.length), chance(rows.length)];
    if (one === other) return null;
    return placed(rows.with(one, rows[other] as Row).with(other, rows[one] as Row));
  },
];
