import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describeDatabases } from '@connections/database/testing/databases';
import { StoreUnavailable } from '@connections/event-store/event-store';
import { rebuild } from '@connections/event-store/rebuild';
import { openCheckpoint, UnknownSigner } from './checkpoint';
import { folderTarget } from './checkpoint-targets';
import { Checkpoints, type SignedCheckpoint, TreeBehind } from './checkpoints';
import { KeyFile, MissingKeys } from './key-file';
import { keysKnownTo } from './known-keys';
import { LogForked } from './last-leaf';
import { parseVerifierKey } from './signed-note';
import { type AuditedLog, leavesOf, naiveRoot, openAuditedLog } from './testing/audited-log';
import { treeProjection } from './tree.projection';

describeDatabases('a checkpoint of the log', (databases) => {
  let log: AuditedLog;
  beforeEach(async () => {
    log = await openAuditedLog(databases);
    log.keys.create('log.example');
  });
  afterEach(() => log.close());

  const known = async () => (await keysKnownTo(log.database.as())).map(({ line }) => parseVerifierKey(line));

  it('is of all that is in the log when it is asked for, and signed once', async () => {
    const { checkpoints } = await log.instance();
    expect(await checkpoints.latest()).toBeNull();
    await log.append('a', 'b', 'a');
    const signed = await checkpoints.coveringNow();
    const root = naiveRoot(leavesOf(await log.events()));
    expect(signed).toMatchObject({ origin: 'log.example', size: 3, root });
    const { note, ...said } = signed;
    expect(openCheckpoint(note, await known())).toEqual(said);
    expect(await checkpoints.coveringNow()).toEqual(signed);
    expect(await checkpoints.latest()).toEqual(signed);
    expect(await checkpoints.at(3)).toEqual(signed);
    expect(await checkpoints.at(2)).toBeNull();
  });

  it('is one of an empty log, too', async () => {
    const { checkpoints } = await log.instance();
    expect(await checkpoints.coveringNow()).toMatchObject({ size: 0, root: naiveRoot([]) });
  });

  it('is listed newest first, a page at a time', async () => {
    const { checkpoints } = await log.instance();
    for (const stream of ['a', 'b', 'c']) {
      await log.append(stream);
      await checkpoints.coveringNow();
    }
    const sizes = async (page: Parameters<Checkpoints['list']>[0]) =>
      (await checkpoints.list(page)).map(({ size }) => size);
    expect(await sizes({ limit: 2 })).toEqual([3, 2]);
    expect(await sizes({ limit: 2, below: 2 })).toEqual([1]);
  });

  it('is one only of each size, however many instances sign at once', async () => {
    const instances = await Promise.all([1, 2, 3].map(() => log.instance()));
    for (let round = 1; round <= 5; round += 1) {
      await log.append('a', 'b');
      const signed = await Promise.all(instances.map(({ checkpoints }) => checkpoints.coveringNow()));
      expect(signed[0]?.size).toBe(2 * round);
      expect(new Set(signed.map(({ note }) => note)).size).toBe(1);
    }
  });

  it('is one for all who ask at once, however few connections there are to the database', async () => {
    const { checkpoints } = await log.instance();
    await checkpoints.coveringNow();
    for (const size of [1, 2]) {
      await log.append('a');
      const asked = Array.from({ length: 40 }, () => checkpoints.coveringNow());
      const signed = await Promise.all(asked);
      expect(new Set(signed.map(({ note }) => note)).size).toBe(1);
      expect(signed[0]).toMatchObject({ size });
    }
  });

  it('covers what was appended while another was being signed', async () => {
    const { checkpoints } = await log.instance();
    await log.append('a');
    const first = checkpoints.coveringNow();
    await log.append('a');
    expect((await checkpoints.coveringNow()).size).toBe(2);
    expect([1, 2]).toContain((await first).size);
  });

  it('is asked for anew where it could not be signed', async () => {
    const { checkpoints } = await log.instance();
    await log.append('a');
    rmSync(log.keys.path);
    const refused = await Promise.allSettled([checkpoints.sign(), checkpoints.sign()]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    log.keys.create('log.example');
    expect(await checkpoints.sign()).toMatchObject({ size: 1 });
  });

  it('is not signed while the tree has not seen the whole log', async () => {
    const { checkpoints, projector } = await log.instance();
    await projector.stop();
    await log.append('a');
    await expect(checkpoints.coveringNow()).rejects.toThrow(TreeBehind);
    expect(await checkpoints.latest()).toBeNull();
  });

  it('is not signed any more when the log was rewritten', async () => {
    await log.append('a', 'b', 'c');
    const signed = await (await log.instance()).checkpoints.coveringNow();
    await log.stop();
    await log.replaceLog();
    // At least as many events, but different ones.
    await log.append('a', 'b', 'c', 'd');
    await rebuild(log.store(), log.database.as(), treeProjection);
    const { checkpoints } = await log.instance();
    await expect(checkpoints.examine()).rejects.toThrow(LogForked);
    await expect(checkpoints.coveringNow()).rejects.toThrow('the log is another one by now');
    expect(await checkpoints.latest()).toEqual(signed);
  });

  it('is not signed any more when the log has lost events', async () => {
    await log.append('a', 'b', 'c');
    await (await log.instance()).checkpoints.coveringNow();
    await log.stop();
    await log.replaceLog();
    await log.append('a', 'b');
    await rebuild(log.store(), log.database.as(), treeProjection);
    const { checkpoints } = await log.instance();
    await expect(checkpoints.coveringNow()).rejects.toThrow('the log holds fewer events than that');
    await expect(checkpoints.examine()).rejects.toThrow(LogForked);
  });

  it('is not signed of what the tree alone has, since the log is an older copy', async () => {
    await log.append('a', 'b');
    await (await log.instance()).checkpoints.coveringNow();
    await log.append('a', 'b', 'c');
    await (await log.instance()).projector.reached(await log.store().head(), 20_000);
    await log.stop();
    await log.replaceLog();
    await log.append('a', 'b');
    const { checkpoints } = await log.instance();
    const asked = [checkpoints.sign(), checkpoints.coveringNow(), checkpoints.examine()];
    for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(LogForked);
      expect(String(reason)).toMatch(/The tree has seen 5 events, .* the log is an older copy, or another one/);
    }
    expect(await checkpoints.latest()).toMatchObject({ size: 2 });
  });

  it('is not signed of another log that is longer than the one that the tree has followed', async () => {
    await log.append('a', 'b');
    await (await log.instance()).projector.reached(await log.store().head(), 20_000);
    await log.stop();
    await log.replaceLog();
    await log.append('a', 'b');
    await log.append('a', 'b', 'c');
    const { checkpoints } = await log.instance();
    await expect(checkpoints.sign()).rejects.toThrow(LogForked);
    expect(await checkpoints.latest()).toBeNull();
  });

  it('is not signed of an older copy of the log that has grown beyond what the tree has followed', async () => {
    await log.append('a', 'b');
    await (await log.instance()).checkpoints.coveringNow();
    const older = await log.copyLog();
    await log.append('a', 'b', 'c');
    await (await log.instance()).projector.reached(await log.store().head(), 20_000);
    await log.stop();
    await log.replaceLog(older);
    await log.append('c', 'd', 'e', 'f', 'g', 'h');
    const { checkpoints, projector } = await log.instance();
    while (projector.status.state === 'starting') await setImmediate();
    expect(projector.status).toMatchObject({ state: 'retrying', problem: expect.stringMatching(/an older copy/) });
    await expect(checkpoints.sign()).rejects.toThrow(LogForked);
    await expect(checkpoints.examine()).rejects.toThrow(LogForked);
    expect(await log.tree.size()).toBe(5);
    expect(await checkpoints.latest()).toMatchObject({ size: 2 });
  });

  it('is not signed where the last event of the tree was appended to an older copy again, behind others', async () => {
    await log.append('a');
    const older = await log.copyLog();
    await log.append('b');
    const [, lost] = await log.events();
    await (await log.instance()).projector.reached(await log.store().head(), 20_000);
    await log.stop();
    await log.replaceLog(older);
    await log.append('c', 'd');
    await log.store().append(lost!.stream, -1, [lost!]);
    const { checkpoints, projector } = await log.instance();
    while (projector.status.state === 'starting') await setImmediate();
    await expect(checkpoints.sign()).rejects.toThrow(LogForked);
    expect(await log.tree.size()).toBe(2);
  });

  it('is not signed of a log whose file was moved away, though it can be read on', async () => {
    await log.append('a');
    const { checkpoints } = await log.instance();
    await checkpoints.coveringNow();
    await log.append('a');
    const file = join(log.folder, 'events-1.sqlite');
    renameSync(file, `${file}.moved`);
    await expect(checkpoints.sign()).rejects.toThrow(StoreUnavailable);
    await expect(checkpoints.examine()).rejects.toThrow(StoreUnavailable);
    renameSync(`${file}.moved`, file);
    expect(await checkpoints.coveringNow()).toMatchObject({ size: 2 });
  });

  it('is not signed where what was brought outside is of more events, or of others, than log and database have', async () => {
    await log.append('a', 'b');
    const outside = folderTarget(join(log.folder, 'outside'));
    const bring = async (signed: SignedCheckpoint): Promise<void> =>
      outside.deliver(signed, new AbortController().signal);
    const again = async (keys = log.keys): Promise<Checkpoints> => {
      const { projector } = await log.instance();
      return new Checkpoints(log.database.as(), log.store(), log.tree, projector, keys, [outside]);
    };
    const first = await (await again()).coveringNow();
    await bring(first);
    await log.append('a');
    const older = await log.copyLog();
    await log.append('a');
    await bring(await (await again()).coveringNow());
    // A database that knows only the first checkpoint, with the whole log: the second one still agrees.
    await log.database.writer.deleteFrom('checkpoints').where('size', '>', 2).execute();
    expect(await (await again()).examine()).toEqual(first);
    await log.stop();
    await log.replaceLog(older);
    await rebuild(log.store(), log.database.as(), treeProjection);
    const forked = await again();
    await expect(forked.coveringNow()).rejects.toThrow('the log holds fewer events than that');
    await log.append('b', 'b');
    await expect((await again()).coveringNow()).rejects.toThrow('the log is another one by now');
    // An unreadable checkpoint does not block signing, but a malformed one does.
    const largest = join(log.folder, 'outside', 'checkpoint-0000000000000009.txt');
    mkdirSync(largest);
    await (await again()).examine();
    rmSync(largest, { recursive: true });
    writeFileSync(largest, 'Dear diary');
    await expect((await again()).examine()).rejects.toThrow(/The largest checkpoint in .*outside is none of this log/);
    rmSync(largest);
    const others = new KeyFile(join(log.folder, 'others.key'));
    others.create('log.example');
    await log.database.writer.deleteFrom('audit_keys').execute();
    await log.database.writer.deleteFrom('checkpoints').execute();
    await expect((await again(others)).coveringNow()).rejects.toThrow(
      /The largest checkpoint in .*outside is none of this log/,
    );
    expect(await forked.latest()).toBeNull();
  });

  it('is given out with what it covers by those who sign, while the log still is the one that was signed', async () => {
    await log.append('a', 'b');
    const { checkpoints, knownKeys } = await log.instance();
    const signed = await checkpoints.coveringNow();
    const [old] = log.keys.read();
    const next = log.keys.add();
    expect((await checkpoints.signersBeside(signed)).map(({ id }) => id)).toEqual([old!.id, next.id]);
    const both = readFileSync(log.keys.path);
    await knownKeys.retire(old!.id);
    writeFileSync(log.keys.path, both);
    expect((await checkpoints.signersBeside(signed)).map(({ id }) => id)).toEqual([next.id]);
    await expect(knownKeys.retire(next.id)).rejects.toThrow('is the only key');
    await log.stop();
    await log.replaceLog();
    await log.append('a', 'b', 'c');
    const { checkpoints: another } = await log.instance();
    await expect(another.signersBeside(signed)).rejects.toThrow(LogForked);
    await log.stop();
    await rebuild(log.store(), log.database.as(), treeProjection);
    const { checkpoints: rebuilt } = await log.instance();
    await expect(rebuilt.signersBeside(signed)).rejects.toThrow('the log is another one by now');
  });

  it('is no sign of a fork while the tree is only made anew', async () => {
    await log.append('a', 'b', 'c');
    const first = await (await log.instance()).checkpoints.coveringNow();
    await log.stop();
    await log.database.writer.deleteFrom('projections').execute();
    await log.database.writer.deleteFrom('tree').execute();
    const { checkpoints, projector } = await log.instance();
    expect(await projector.reached(await log.store().head(), 20_000)).toBe(true);
    await checkpoints.examine();
    expect(await checkpoints.coveringNow()).toEqual(first);
  });

  it('is signed by the old key and the new one while keys are changed, and old ones stay verifiable', async () => {
    const { checkpoints } = await log.instance();
    const [old] = log.keys.read();
    await log.append('a');
    const before = await checkpoints.coveringNow();
    const next = log.keys.add();
    await log.append('a');
    const between = await checkpoints.coveringNow();
    log.keys.remove(old!.id);
    await log.append('a');
    const after = await checkpoints.coveringNow();
    expect(openCheckpoint(between.note, [old!]).size).toBe(2);
    expect(openCheckpoint(between.note, [next]).size).toBe(2);
    expect(() => openCheckpoint(before.note, [next])).toThrow(UnknownSigner);
    expect(() => openCheckpoint(after.note, [old!])).toThrow(UnknownSigner);
    const all = await known();
    for (const { note, size } of [before, between, after]) expect(openCheckpoint(note, all).size).toBe(size);
  });

  it('is not signed by a key that was retired, also where its line is in a file still', async () => {
    const { checkpoints, knownKeys } = await log.instance();
    const [old] = log.keys.read();
    const next = log.keys.add();
    const elsewhere = new KeyFile(join(log.folder, 'elsewhere.key'));
    copyFileSync(log.keys.path, elsewhere.path);
    const before = readFileSync(log.keys.path);
    await knownKeys.retire(old!.id);
    await log.append('a');
    const { checkpoints: others } = await log.instance(elsewhere);
    const { note } = await others.coveringNow();
    expect(openCheckpoint(note, [next]).size).toBe(1);
    expect(() => openCheckpoint(note, [old!])).toThrow(UnknownSigner);
    writeFileSync(log.keys.path, before.subarray(0, before.indexOf('\n') + 1));
    await log.append('a');
    await expect(checkpoints.coveringNow()).rejects.toThrow(/Every key in .* was retired, and signs no more/);
    expect(await known()).toHaveLength(2);
  });

  it('is signed by one key still, when each of two is retired at once', async () => {
    const keys = [log.keys.read()[0]!, log.keys.add()];
    const { checkpoints, knownKeys } = await log.instance();
    const retired = await Promise.allSettled(keys.map(({ id }) => knownKeys.retire(id)));
    expect(retired.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(log.keys.read()).toHaveLength(1);
    await log.append('a');
    expect(openCheckpoint((await checkpoints.coveringNow()).note, log.keys.read()).size).toBe(1);
  });

  it('is not signed by a key of another log, nor without a key', async () => {
    await log.append('a');
    await (await log.instance()).checkpoints.coveringNow();
    await log.append('a');
    const other = new KeyFile(join(log.folder, 'other.key'));
    other.create('other.example');
    const { checkpoints: wrong } = await log.instance(other);
    await expect(wrong.coveringNow()).rejects.toThrow('Put the key of log.example back');
    const { checkpoints: without } = await log.instance(new KeyFile(join(log.folder, 'none.key')));
    await expect(without.coveringNow()).rejects.toThrow(MissingKeys);
    expect((await without.latest())?.size).toBe(1);
  });
});
