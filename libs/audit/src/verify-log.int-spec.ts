import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { newText, textMigrations, type TextTables } from '@connections/connection/texts';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import type { JsonObject } from '@connections/event-store/event-store';
import { chained, hashOfTexts } from '@connections/event-store/hash-chain';
import { projectionMigrations } from '@connections/event-store/projection';
import { rebuild } from '@connections/event-store/rebuild';
import { openCheckpoint, signCheckpoint } from './checkpoint';
import { checkpointMigrations } from './checkpoints.tables';
import { leafHash } from './merkle-tree';
import { generateSignerKey } from './signed-note';
import { type AuditedLog, openAuditedLog } from './testing/audited-log';
import { treeProjection } from './tree.projection';
import { UnusableState, type VerificationState } from './verification-state';
import { type LogVerdict, verifyLog, type VerifyLogOptions } from './verify-log';

interface Row {
  position: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
}

describeDatabases('a verification of the log', (databases) => {
  let log: AuditedLog;
  let file: SqliteDatabase.Database;

  beforeEach(async () => {
    log = await openAuditedLog(databases);
    const all = { ...projectionMigrations, ...checkpointMigrations, ...textMigrations };
    await migrate(log.database.as<never>().writer, all);
    log.keys.create('log.example');
    file = new SqliteDatabase(join(log.folder, 'events-1.sqlite'));
  });
  afterEach(async () => {
    file.close();
    await log.close();
  });

  const verify = (options?: VerifyLogOptions): Promise<LogVerdict> =>
    verifyLog(log.store(), log.database.as(), options);
  const texts = () => log.database.as<TextTables>().writer;

  /** Appends events to the streams with these numbers, and signs the log. @returns the note. */
  async function appendAndSign(...streams: number[]): Promise<string> {
    await log.append(...streams);
    const { checkpoints, projector } = await log.instance();
    expect(await projector.reached(await log.store().head(), 20_000)).toBe(true);
    const { note } = await checkpoints.sign();
    await log.stop();
    return note;
  }
  /** 60 events of 7 streams, signed after 20, 40 and 50 events. @returns the notes. */
  async function history(): Promise<string[]> {
    const streams = Array.from({ length: 60 }, (_, number) => (number * number) % 7);
    const notes = [];
    for (const [from, to] of [[0, 20], [20, 40], [40, 50]]) notes.push(await appendAndSign(...streams.slice(from, to))); // prettier-ignore
    await log.append(...streams.slice(50));
    return notes;
  }

  const rowAt = (position: number): Row => file.prepare<[number], Row>('select * from events where position = ?').get(position)!; // prettier-ignore
  const nameAt = (position: number): string => `${rowAt(position).stream}@${rowAt(position).revision}`;
  const write = (position: number, change: Partial<Row>): void => {
    for (const [column, value] of Object.entries(change)) {
      file.prepare(`update events set ${column} = ? where position = ?`).run(value, position);
    }
  };
  /** Shifts rows from a position on by one, to open or to close a gap. */
  const shift = (from: number, by: 1 | -1): void => {
    const positions = file.prepare<[number], number>('select position from events where position >= ? order by position').pluck().all(from); // prettier-ignore
    for (const position of by === 1 ? positions.reverse() : positions) write(position, { position: position + by });
  };
  /** Recomputes the hashes of a whole stream, as a skilled forger would. */
  function hashAnew(stream: string): void {
    let previous: string | null = null;
    for (const row of file
      .prepare<[string], Row>('select * from events where stream = ? order by revision')
      .all(stream)) {
      // prettier-ignore
      const { hash: _, 'previous-hash': __, ...metadata } = JSON.parse(row.metadata) as JsonObject;
      const plain = { id: row.id, type: row.type, data: JSON.parse(row.data) as JsonObject, metadata };
      const event = chained(plain, stream, row.revision, previous);
      write(row.position, { metadata: JSON.stringify(event.metadata) });
      previous = event.metadata.hash;
    }
  }
  const rebuildTree = () => rebuild(log.store(), log.database.as(), treeProjection);

  it('finds a log whole, up to its end, and every checkpoint true', async () => {
    const notes = await history();
    const kept = notes.map((note, number) => ({ source: `kept ${number}`, note }));
    const whole = { fault: null, size: 60, events: 60, signed: 50, texts: { whole: 0, gone: 0, redacted: 0 } };
    expect(await verify()).toEqual({ ...whole, checkpoints: 3, kept: 0 });
    expect(await verify({ kept })).toEqual({ ...whole, checkpoints: 6, kept: 3 });
  });

  it('finds an empty log whole, and one that nobody has signed', async () => {
    expect(await verify()).toMatchObject({ fault: null, size: 0, checkpoints: 0, signed: 0 });
    await log.append(1, 2, 1);
    expect(await verify()).toMatchObject({ fault: null, size: 3, checkpoints: 0, signed: 0 });
  });

  it.each([
    ['data', (row: Row) => row.data.replace(/.("})$/, '#$1')],
    ['metadata', (row: Row) => row.metadata.replace('{', '{"more":1,')],
    ['metadata', (row: Row) => row.metadata.replace(/.(?="}$)/, (last) => (last === '0' ? '1' : '0'))],
    ['data', (row: Row) => row.data.slice(0, -1)],
    ['data', (row: Row) => row.data.replace(':', ': ')],
    ['metadata', () => '\u0000'],
    ['type', () => 'Noticed'],
    ['id', (row: Row) => row.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
  ] as const)('names the first event whose %s was changed', async (column, change) => {
    await history();
    for (const position of [45, 31, 55]) write(position, { [column]: change(rowAt(position)) });
    const { fault } = await verify();
    expect(fault).toMatchObject({
      code: 'changed',
      event: nameAt(31),
      index: 30,
      position: String(31).padStart(16, '0'),
    });
    expect(fault?.why).toBe(`${nameAt(31)} is not what its hash says.`);
  });

  it('names an event that is gone, also where the gap was closed', async () => {
    await history();
    const gone = nameAt(31);
    file.exec('delete from events where position = 31');
    expect((await verify()).fault).toMatchObject({ code: 'removed', event: gone, index: 30, position: null });
    shift(32, -1);
    expect((await verify()).fault).toMatchObject({ code: 'removed', event: gone, index: 30 });
  });

  it('names an event that was put in', async () => {
    await history();
    shift(31, 1);
    const forged = chained({ id: 'x', type: 'Noted', data: {}, metadata: {} }, 'connection-forged', 0, null);
    file
      .prepare('insert into events values (31, ?, 0, ?, ?, ?, ?)')
      .run('connection-forged', forged.id, forged.type, '{}', JSON.stringify(forged.metadata));
    expect((await verify()).fault).toMatchObject({ code: 'inserted', event: 'connection-forged@0', index: 30 });
  });

  it('names the first of two events that changed places', async () => {
    await history();
    const [one, other] = [nameAt(31), nameAt(36)];
    expect(one.split('@')[0]).not.toBe(other.split('@')[0]);
    write(31, { position: 1_000 });
    write(36, { position: 31 });
    write(1_000, { position: 36 });
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'reordered', event: other, index: 30 });
  });

  it.each([
    ['signed', 45, 44],
    ['not signed yet', 55, 54],
  ])('finds that the end is gone, what is %s', async (_, from, size) => {
    // prettier-ignore
    await history();
    const follower = await log.instance();
    await follower.projector.reached(await log.store().head(), 20_000);
    await log.stop();
    const first = nameAt(from);
    file.prepare('delete from events where position >= ?').run(from);
    expect((await verify()).fault).toMatchObject({ code: 'truncated', event: first, index: size });
  });

  it('finds that the end is gone, and from the tree as well, by what was signed', async () => {
    const [, , note] = await history();
    file.exec('delete from events where position >= 45');
    await rebuildTree();
    expect((await verify()).fault).toMatchObject({ code: 'truncated', event: null, index: 44 });
    await log.database.writer.deleteFrom('checkpoints').where('size', '>', 44).execute();
    expect((await verify()).fault).toBeNull();
    const kept = [{ source: 'witness.checkpoint', note: note! }];
    const { fault } = await verify({ kept });
    expect(fault).toMatchObject({ code: 'truncated', index: 44 });
    expect(fault?.why).toBe('The log ends after 44 events, and witness.checkpoint vouches for 50 events.');
  });

  it('names an event that was changed and hashed anew, with all that follow in its stream', async () => {
    await history();
    write(31, { data: '{"note":"forged"}' });
    hashAnew(rowAt(31).stream);
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'changed', event: nameAt(31), index: 30 });
    expect(fault?.why).toContain('hashed anew');
  });

  it('finds that the database was written anew as well, by what was signed', async () => {
    const notes = await history();
    write(31, { data: '{"note":"forged"}' });
    hashAnew(rowAt(31).stream);
    await rebuildTree();
    const { fault, signed } = await verify();
    expect(fault).toMatchObject({ code: 'forked', event: null, index: 20 });
    expect(fault?.why).toContain('one of the events from 20 to 39, counted from 0, is not the one that was signed');
    expect(signed).toBe(20);

    await log.database.writer.deleteFrom('checkpoints').execute();
    expect((await verify()).fault).toBeNull();
    const kept = [{ source: 'witness.checkpoint', note: notes[1]! }];
    expect((await verify({ kept })).fault).toMatchObject({ code: 'forked', index: 0 });
    expect((await verify({ kept: [{ source: 'witness.checkpoint', note: notes[0]! }] })).fault).toBeNull();
  });

  it('tells a table that was written to from a log that was', async () => {
    await history();
    const other = Buffer.alloc(32).toString('base64');
    await log.database.writer.updateTable('tree').set({ hash: other }).where('level', '=', 0).where('idx', '=', 30).execute(); // prettier-ignore
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'tree-changed', event: nameAt(31), index: 30 });
  });

  it('believes no checkpoint that was not signed so, and no key that it was not told', async () => {
    const notes = await history();
    const forged = notes[1]!.replace('\n40\n', '\n41\n');
    const [changed] = [await verify({ kept: [{ source: 'kept', note: forged }] })];
    expect(changed.fault).toMatchObject({ code: 'checkpoint-changed', index: 0 });
    expect((await verify({ keys: [] })).fault).toMatchObject({ code: 'unknown-key' });
    await log.database.writer.updateTable('checkpoints').set({ note: forged }).where('size', '=', 40).execute();
    expect((await verify()).fault).toMatchObject({ code: 'checkpoint-changed' });
  });

  it('tells a key that is missing from a checkpoint that was changed', async () => {
    const notes = await history();
    const [own] = log.keys.read();
    const { key: other } = generateSignerKey('log.example');
    const { fault, events } = await verify({ keys: [other], kept: [{ source: 'kept', note: notes[0]! }] });
    expect({ fault, events }).toMatchObject({ fault: { code: 'unknown-key', index: 0, event: null }, events: 0 });
    expect(fault?.why).toBe(
      `kept cannot be believed: The checkpoint is signed by log.example+${own!.id}, and the keys given of its log are others: log.example+${other.id}.`,
    );
    const { key: foreign } = generateSignerKey('other.example');
    expect((await verify({ keys: [foreign] })).fault).toMatchObject({
      code: 'unknown-key',
      why: expect.stringMatching(/none of the keys given is that of its log\.$/),
    });
    expect((await verify({ keys: [foreign, own!] })).fault).toBeNull();
  });

  it('needs no tree, and then goes by hashes alone', async () => {
    await log.append(...Array.from({ length: 60 }, (_, number) => number % 7));
    expect(await verify()).toMatchObject({ fault: null, size: 60 });
    const gone = nameAt(31);
    file.exec('delete from events where position = 31');
    expect((await verify()).fault).toMatchObject({ code: 'removed', event: gone, index: 36 });
  });

  it('finds an event that is no JSON, though its hash is right, where nobody knows the tree', async () => {
    await log.append(1, 1);
    const { stream, revision, type, id } = rowAt(2);
    const text = `{"previous-hash":"${JSON.parse(rowAt(1).metadata).hash}"`;
    const own = hashOfTexts(stream, revision, type, id, 'none', `${text}}`);
    write(2, { data: 'none', metadata: `${text},"hash":"${own}"}` });
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'changed', event: `${stream}@1` });
    expect(fault?.why).toBe(`What is stored of ${stream}@1 is no JSON.`);
  });

  it('finds an event that does not continue the one before, where nobody knows the tree', async () => {
    await log.append(1, 1, 1, 1);
    const [first, , third] = [rowAt(1), rowAt(2), rowAt(3)];
    const plain = { id: third.id, type: third.type, data: { note: 'forged' }, metadata: {} };
    const forged = chained(plain, third.stream, 2, 'f'.repeat(64));
    write(3, { data: JSON.stringify(forged.data), metadata: JSON.stringify(forged.metadata) });
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'changed', event: `${first.stream}@2` });
    expect(fault?.why).toContain('does not continue its predecessor');
  });

  it('compares texts with what the log commits to', async () => {
    const [kept, gone] = [newText('Partner')!, newText('gone')!];
    for (const [number, commitment] of [kept.commitment, gone.commitment].entries()) {
      const plain = {
        id: `${number}`,
        type: 'ConnectionCreated',
        data: { 'name-commitment': commitment },
        metadata: {},
      };
      await log.store().append(`connection-${number}`, -1, [chained(plain, `connection-${number}`, 0, null)]);
    }
    await texts().insertInto('texts').values(kept).execute();
    const redaction = { id: 'r', type: 'ConnectionTextRedacted', data: { commitment: gone.commitment }, metadata: {} };
    await log.store().append('connection-2', -1, [chained(redaction, 'connection-2', 0, null)]);
    expect(await verify()).toMatchObject({ fault: null, texts: { whole: 1, gone: 1, redacted: 1 } });
    await texts().updateTable('texts').set({ text: 'Other' }).execute();
    expect((await verify()).fault).toMatchObject({ code: 'text-changed', event: 'connection-0@0' });
  });

  it('goes on where an earlier one has come to, and reads no more', async () => {
    const notes = await history();
    const states: VerificationState[] = [];
    await verify({ onState: (state) => states.push(JSON.parse(JSON.stringify(state)) as VerificationState) });
    expect(states.map(({ checkpoint }) => checkpoint)).toEqual(notes);
    expect(await verify({ state: states[1]! })).toMatchObject({ fault: null, size: 60, events: 20, signed: 50 });
    write(45, { data: '{"note":"forged"}' });
    expect((await verify({ state: states[1]! })).fault).toMatchObject({
      code: 'changed',
      event: nameAt(45),
      index: 44,
    });
    const other = { ...states[1]!, edge: states[0]!.edge };
    await expect(verify({ state: other })).rejects.toThrow(UnusableState);
    await expect(verify({ state: states[1]!, keys: [] })).rejects.toThrow('Add its key, or leave the state out');
    await log.replaceLog();
    await log.append(...Array.from({ length: 60 }, (_, number) => number % 7));
    await expect(verify({ state: states[1]! })).rejects.toThrow('It is another log, or was changed');
  });

  it('compares every checkpoint of one size, also of the size that a state is of', async () => {
    const [, note] = await history();
    const own = openCheckpoint(note!, log.keys.read());
    const fork = signCheckpoint({ ...own, root: leafHash(own.root) }, log.keys.read());
    const [kept, forked] = [
      { source: 'kept', note: note! },
      { source: 'fork', note: fork },
    ];
    const states: VerificationState[] = [];
    await verify({ onState: (reached) => states.push(reached) });
    const [, state] = states;
    const is = {
      code: 'forked',
      why: expect.stringMatching(/^fork, signed at .* of 40 events, which agrees with this/),
    };
    for (const both of [
      [kept, forked],
      [forked, kept],
    ]) {
      // prettier-ignore
      expect((await verify({ kept: both })).fault).toMatchObject(is);
      expect(await verify({ state: state!, kept: both })).toMatchObject({ fault: is, events: 0, size: 40 });
    }
    expect(await verify({ state: state!, kept: [kept, kept] })).toMatchObject({ fault: null, checkpoints: 4 });
    await log.database.writer.updateTable('checkpoints').set({ note: fork }).where('size', '=', 40).execute();
    expect((await verify({ state: state! })).fault).toMatchObject({ code: 'forked', index: 40 });
  });

  it('goes on behind checkpoints that were kept, and compares them by proof', async () => {
    const notes = await history();
    const states: VerificationState[] = [];
    await verify({ onState: (reached) => states.push(reached) });
    const [state, kept] = [states[2]!, notes.map((note, number) => ({ source: `kept ${number}`, note }))];
    expect(await verify({ state, kept })).toMatchObject({ fault: null, events: 10, checkpoints: 4, kept: 3 });
    const own = openCheckpoint(notes[1]!, log.keys.read());
    const note = signCheckpoint({ ...own, root: leafHash(own.root) }, log.keys.read());
    const fork = { source: 'fork', note };
    const { fault } = await verify({ state, kept: [fork, ...kept] });
    expect(fault).toMatchObject({ code: 'forked', index: 20 });
    expect(fault?.why).toMatch(/^fork, .* one of the events from 20 to 39, counted from 0, is not the one/);
    expect((await verify({ state, kept: [...kept, fork] })).fault).toMatchObject({
      code: 'forked',
      why: expect.stringMatching(/another checkpoint of 40 events, which agrees with this one, was signed as well/),
    });
    const hash = leafHash(own.root).toString('base64');
    await log.database.writer.updateTable('tree').set({ hash }).where('level', '=', 2).where('idx', '=', 4).execute();
    await expect(verify({ state, kept })).rejects.toThrow('kept 0 is of 20 events, the state goes on behind 50, and');
    await log.database.writer.deleteFrom('projections').where('name', '=', 'tree').execute();
    await expect(verify({ state, kept })).rejects.toThrow(UnusableState);
  });

  it('holds while events are appended and signed', async () => {
    await appendAndSign(...Array.from({ length: 4_000 }, (_, number) => number % 300));
    const { checkpoints, projector } = await log.instance();
    let appending: Promise<unknown> | undefined;
    const onProgress = (): void => {
      appending ??= (async () => {
        await log.append(...Array.from({ length: 500 }, (_, number) => number));
        await projector.reached(await log.store().head(), 20_000);
        await checkpoints.sign();
      })();
    };
    expect(await verify({ onProgress })).toMatchObject({ fault: null });
    await appending;
    expect(await verify()).toMatchObject({ fault: null, size: 4_500, checkpoints: 2 });
  });

  it('ends when it is interrupted', async () => {
    await history();
    const interruption = new AbortController();
    interruption.abort(new Error('enough'));
    await expect(verify({ signal: interruption.signal })).rejects.toThrow('enough');
  });
});
