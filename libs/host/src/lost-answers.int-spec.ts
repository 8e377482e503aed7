import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { START } from '@connections/event-store/event-store';
import { idempotencyMigrations, type IdempotencyTables } from './idempotency.tables';
import { forgetLostAnswers } from './lost-answers';

const position = (number: number): string => String(number).padStart(16, '0');
const answered = (headers: object | null) => ({ status: 201, headers: headers && JSON.stringify(headers), body: '{}' });

const answers = {
  'to a command that is in the log': answered({ etag: '"0"', 'connect-position': position(6) }),
  'to a lost command': answered({ etag: '"0"', 'connect-position': position(7) }),
  'to the last lost command': answered({ 'connect-position': position(12) }),
  'to a change of the directory': answered({ location: '/api/v1/organizations/org_1' }),
  'that is not there yet': { status: null, headers: null, body: null },
};

describeDatabases('answers to commands that the log has lost', (databases) => {
  let database: Database<IdempotencyTables>;
  beforeEach(async () => {
    database = await databases.open(await databases.newPlace());
    await migrate(database.writer as unknown as Kysely<never>, idempotencyMigrations);
    const claim = { scope: 'org_1', fingerprint: 'f', claimed_by: 'c', claimed_until: 0, created_at: 0 };
    const rows = Object.entries(answers).map(([key, answer]) => ({ ...claim, key, ...answer }));
    await database.writer.insertInto('idempotency').values(rows).execute();
  });
  const kept = async (): Promise<string[]> =>
    (await database.reader.selectFrom('idempotency').select('key').execute()).map(({ key }) => key).sort();

  it('are forgotten, and no others', async () => {
    expect(await forgetLostAnswers(database, position(6))).toBe(2);
    expect(await kept()).toEqual([
      'that is not there yet',
      'to a change of the directory',
      'to a command that is in the log',
    ]);
    expect(await forgetLostAnswers(database, position(6))).toBe(0);
  });

  it('are all there are where the log is empty', async () => {
    expect(await forgetLostAnswers(database, START)).toBe(3);
    expect(await kept()).toEqual(['that is not there yet', 'to a change of the directory']);
  });
});
