import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { openSqliteDatabase } from './sqlite-database';

/** Where Linux lists which process has locked which file. */
const LOCKS = '/proc/locks';

// Other systems do not show the locks; the tested behaviour is the same on all.
(existsSync(LOCKS) ? describe : describe.skip)('the locks of an open database', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('stay in place while it is open, so that no other program takes its write-ahead log away', async () => {
    const path = join(folder.path, 'some.sqlite');
    const first = openSqliteDatabase(path);
    await sql`create table migrations (text text)`.execute(first.writer);
    await sql`select * from migrations`.execute(first.reader);
    await first.close();

    const database = openSqliteDatabase(path);
    await sql`insert into migrations values ('kept')`.execute(database.writer);
    await sql`select * from migrations`.execute(database.reader);
    expect(lockedFiles()).toContain(statSync(path).ino);
    await database.close();
  });
});

/** The inodes of the files that this process holds a lock on. */
const lockedFiles = (): number[] =>
  readFileSync(LOCKS, 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter(([, , , , pid]) => pid === String(process.pid))
    .map(([, , , , , file]) => Number(file?.split(':').at(-1)));
