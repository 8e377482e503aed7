import type { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import { Passwords } from './passwords';
import { People } from './people';
import { PasswordReplaced, Sessions } from './sessions';
import { migrateDirectory, type Tables } from './testing/directory';

const at = new Date('2026-06-01T00:00:00.000Z');
const now = at.getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const terms = { idle: HOUR, absolute: 12 * HOUR };

describeDatabases('a session', (databases) => {
  let place: string;
  let database: Database<Tables>;
  let sessions: Sessions;
  let personId: string;
  beforeEach(async () => {
    place = await databases.newPlace();
    database = await databases.open(place);
    await migrateDirectory(database);
    const people = new People(database, new Passwords());
    personId = (await people.create({ name: 'Ada', email: 'ada@example.com', passwordHash: null }, at)).id;
    sessions = new Sessions(database, terms);
  });
  afterEach(() => database.close());

  const rows = () => database.reader.selectFrom('sessions').selectAll().execute();

  it('begins by a password only while that is theirs, and ends with it', async () => {
    const people = new People(database, new Passwords());
    const old = (await people.setPassword(personId, 'the first password'))!;
    const { token } = await sessions.begin(personId, at, old);
    await people.setPassword(personId, 'the second password', old);
    sessions.changed();
    expect(await sessions.authenticate(token, now)).toBeNull();
    await expect(sessions.begin(personId, at, old)).rejects.toThrow(PasswordReplaced);
    expect(await rows()).toEqual([]);
  });

  it('is one of fifty at most; the oldest end', async () => {
    const tokens: string[] = [];
    for (let n = 0; n < 52; n += 1) {
      tokens.push((await sessions.begin(personId, new Date(at.getTime() + n))).token);
    }
    expect(await rows()).toHaveLength(50);
    const live = await Promise.all(tokens.map(async (token) => (await sessions.authenticate(token, now)) !== null));
    expect(live).toEqual(tokens.map((_, n) => n >= 2));
  });

  it('tells whose token it is', async () => {
    const { session, token } = await sessions.begin(personId, at);
    expect(session).toEqual({
      id: expect.stringMatching(/^ses_[1-9A-HJ-NP-Za-km-z]{22}$/),
      personId,
      createdAt: at.toISOString(),
      idleExpiresAt: new Date(now + HOUR).toISOString(),
      expiresAt: new Date(now + 12 * HOUR).toISOString(),
    });
    expect(await sessions.authenticate(token, now)).toEqual(session);
    expect(await new Sessions(database, terms).authenticate(token, now)).toEqual(session);
  });

  it('has a token of 256 random bits, which is kept nowhere', async () => {
    const tokens = [];
    for (let n = 0; n < 20; n += 1) tokens.push((await sessions.begin(personId, at)).token);
    expect(new Set(tokens).size).toBe(20);
    const stored = JSON.stringify(await rows());
    for (const token of tokens) {
      expect(token).toMatch(/^[1-9A-HJ-NP-Za-km-z]{44}$/);
      expect(stored).not.toContain(token);
    }
    for (const { token_hash } of await rows()) expect(token_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not let in by anything else', async () => {
    const { session, token } = await sessions.begin(personId, at);
    const { token_hash } = (await rows())[0]!;
    const wrong = [
      '',
      session.id,
      token_hash,
      token.slice(1),
      `${token}x`,
      token.toLowerCase(),
      ` ${token}`,
      `${token}\n`,
    ];
    for (const text of wrong) expect([text, await sessions.authenticate(text, now)]).toEqual([text, null]);
  });

  it('ends when it is not used for a while, and only then', async () => {
    const { token } = await sessions.begin(personId, at);
    for (const minutes of [59, 118, 177]) {
      const used = await sessions.authenticate(token, now + minutes * MINUTE);
      expect(used?.idleExpiresAt).toBe(new Date(now + minutes * MINUTE + HOUR).toISOString());
    }
    expect(await sessions.authenticate(token, now + (177 + 60) * MINUTE - 1)).not.toBeNull();
    expect(await sessions.authenticate(token, now + (177 + 121) * MINUTE)).toBeNull();
  });

  it('ends in any case after a while', async () => {
    const { token } = await sessions.begin(personId, at);
    let last = await sessions.authenticate(token, now);
    for (let minutes = 30; minutes < 12 * 60; minutes += 30)
      last = await sessions.authenticate(token, now + minutes * MINUTE);
    expect(last?.idleExpiresAt).toBe(new Date(now + 12 * HOUR).toISOString());
    expect(await sessions.authenticate(token, now + 12 * HOUR - 1)).not.toBeNull();
    expect(await sessions.authenticate(token, now + 12 * HOUR)).toBeNull();
  });

  it('is written down as used once a minute at most', async () => {
    const { token } = await sessions.begin(personId, at);
    const seen = async (): Promise<string | undefined> => (await rows())[0]?.last_seen_at;
    await sessions.authenticate(token, now + MINUTE - 1);
    expect(await seen()).toBe(at.toISOString());
    await sessions.authenticate(token, now + MINUTE);
    expect(await seen()).toBe(new Date(now + MINUTE).toISOString());
    await Promise.all([1, 2, 3].map((more) => sessions.authenticate(token, now + MINUTE + more)));
    expect(await seen()).toBe(new Date(now + MINUTE).toISOString());
    await sessions.authenticate(token, now + 2 * MINUTE);
    expect(await seen()).toBe(new Date(now + 2 * MINUTE).toISOString());
  });

  it('that idles away within a minute is written down more often', async () => {
    const brief = new Sessions(database, { idle: MINUTE, absolute: HOUR });
    const { token } = await brief.begin(personId, at);
    for (let seconds = 20; seconds <= 300; seconds += 20) {
      expect(await brief.authenticate(token, now + seconds * 1_000)).not.toBeNull();
    }
    expect(await brief.authenticate(token, now + 361_000)).toBeNull();
  });

  it('ends at once, and leaves the others', async () => {
    const [first, second] = [await sessions.begin(personId, at), await sessions.begin(personId, at)];
    expect(await sessions.authenticate(first.token, now)).not.toBeNull();
    await sessions.end(first.session.id);
    expect(await sessions.authenticate(first.token, now)).toBeNull();
    expect(await sessions.authenticate(second.token, now)).not.toBeNull();
    await sessions.end(first.session.id);
  });

  it('ends with all others of the same person, and leaves those of somebody else', async () => {
    const people = new People(database, new Passwords());
    const grace = await people.create({ name: 'Grace', email: 'grace@example.com', passwordHash: null }, at);
    const hers = await sessions.begin(grace.id, at);
    const all = [await sessions.begin(personId, at), await sessions.begin(personId, at)];
    for (const { token } of all) expect(await sessions.authenticate(token, now)).not.toBeNull();
    expect(await sessions.endAll(personId)).toBe(2);
    for (const { token } of all) expect(await sessions.authenticate(token, now)).toBeNull();
    expect(await sessions.authenticate(hers.token, now)).not.toBeNull();
  });

  it('ends for every process soon after one of them has ended it', async () => {
    const { session, token } = await sessions.begin(personId, at);
    const elsewhere = new Sessions(await databases.open(place), terms);
    expect(await elsewhere.authenticate(token, now)).not.toBeNull();
    await sessions.end(session.id);
    while ((await elsewhere.authenticate(token, now)) !== null) await new Promise((resolve) => setImmediate(resolve));
    expect(await elsewhere.authenticate(token, now)).toBeNull();
  });

  it('ends at once also in the middle of being used', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { session, token } = await sessions.begin(personId, at);
      const using: Promise<unknown>[] = [];
      for (let n = 0; n < round; n += 1) using.push(sessions.authenticate(token, now));
      const ending = sessions.end(session.id);
      for (let n = 0; n < 10; n += 1) {
        using.push(sessions.authenticate(token, now));
        await Promise.resolve();
      }
      await ending;
      expect(await sessions.authenticate(token, now)).toBeNull();
      await Promise.all(using);
      expect(await sessions.authenticate(token, now)).toBeNull();
    }
  });

  it('leaves nothing behind once it is over', async () => {
    const old = await sessions.begin(personId, new Date(now - 13 * HOUR));
    const idle = await sessions.begin(personId, new Date(now - HOUR));
    const used = await sessions.begin(personId, new Date(now - HOUR + 1));
    await sessions.forgetOld(now);
    expect((await rows()).map(({ id }) => id)).toEqual([used.session.id]);
    expect([old, idle]).toHaveLength(2);
  });
});
