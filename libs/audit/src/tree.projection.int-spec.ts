import fc from 'fast-check';
import { describeDatabases } from '@connections/database/testing/databases';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
import { apply, Unprojectable } from '@connections/event-store/projection';
import { rebuild } from '@connections/event-store/rebuild';
import { consistencyProofOf, inclusionProofOf, isConsistent, leafHash, rootByInclusion } from './merkle-tree';
import { type AuditedLog, leavesOf, naiveRoot, openAuditedLog } from './testing/audited-log';
import { BeyondTree } from './tree';
import { treeProjection } from './tree.projection';

describeDatabases('the tree over the log', (databases) => {
  let log: AuditedLog;
  beforeEach(async () => {
    log = await openAuditedLog(databases);
  });
  afterEach(() => log.close());

  const untyped = () => log.database.as<unknown>().writer;
  const deliver = (events: readonly LoggedEvent[]): Promise<void> =>
    log.database.transaction('relaxed', (tx) => apply(treeProjection, tx, 'tree', events));
  const rows = () => log.database.reader.selectFrom('tree').selectAll().orderBy('level').orderBy('idx').execute();
  const caughtUp = async (): Promise<void> => {
    const projector = log.projector();
    await projector.start();
    expect(await projector.reached(await log.store().head(), 20_000)).toBe(true);
  };

  it('is the tree of the definition, however its events came, and proves each of them', async () => {
    const batches = fc.array(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 }), { maxLength: 8 });
    let generation = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (appends, seed) => {
        await untyped().schema.dropTable('tree').ifExists().execute();
        await treeProjection.create(untyped(), 'tree', (generation += 1));
        await log.replaceLog();
        for (const streams of appends) {
          const before = (await log.events()).length;
          await log.append(...streams);
          await deliver((await log.events()).slice(before));
        }
        const events = await log.events();
        const leaves = leavesOf(events);
        const size = leaves.length;
        expect(await log.tree.size()).toBe(size);
        expect(await log.tree.root(size)).toEqual(naiveRoot(leaves));
        if (size === 0) return;
        const index = seed % size;
        const { stream, revision } = events[index]!;
        expect(await log.tree.leafOf(stream, revision)).toBe(index);
        const proof = await log.tree.hashesOf(inclusionProofOf(index, size));
        expect(rootByInclusion(leaves[index]!, index, size, proof)).toEqual(naiveRoot(leaves));
        const older = { size: index + 1, root: naiveRoot(leaves.slice(0, index + 1)) };
        expect(await log.tree.root(older.size)).toEqual(older.root);
        const consistency = await log.tree.hashesOf(consistencyProofOf(older.size, size));
        expect(isConsistent(older, { size, root: naiveRoot(leaves) }, consistency)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('names its leaves in log order, a page at a time', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a', 'b', 'a', 'c');
    const events = await log.events();
    await deliver(events);
    const expected = events.map(({ stream, revision }, index) => ({
      stream,
      revision,
      hash: leavesOf(events)[index]?.toString('base64'),
    }));
    expect(await log.tree.leaves(0, 10)).toEqual(expected);
    expect(await log.tree.leaves(1, 2)).toEqual(expected.slice(1, 3));
    expect(await log.tree.leaves(4, 10)).toEqual([]);
    expect(await log.tree.leavesAt([events[2]!, { stream: 'connection-none', revision: 0 }])).toEqual([expected[2]]);
    expect(await Promise.all([3, 4].map((leaf) => log.tree.positionOf(leaf)))).toEqual([events[3]!.position, null]);
  });

  it('does not change when events come again, and goes on with those that are new', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a', 'b', 'a');
    const first = await log.events();
    await deliver(first);
    const before = await rows();
    await deliver(first);
    expect(await rows()).toEqual(before);
    await log.append('b', 'c');
    await deliver(await log.events());
    expect(await log.tree.root(5)).toEqual(naiveRoot(leavesOf(await log.events())));
  });

  it('says that it has no such leaves', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a', 'b', 'c');
    await deliver(await log.events());
    expect(await log.tree.leafOf('connection-a', 1)).toBeNull();
    await expect(log.tree.root(4)).rejects.toThrow(BeyondTree);
    await expect(log.tree.hashesOf([{ begin: 4, end: 8 }])).rejects.toThrow('from 4 to 8');
  });

  it('stands still where events are missing', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a', 'a', 'a');
    const [first, , third] = await log.events();
    await deliver([first!]);
    await expect(deliver([third!])).rejects.toThrow(Unprojectable);
    await expect(deliver([third!])).rejects.toThrow(
      'connection-a@2 (Noted) cannot be projected: the tree has its stream',
    );
    expect(await log.tree.size()).toBe(1);
  });

  it('has a leaf of what an event says where it carries no hash', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a');
    const [first] = await log.events();
    const carried = hashOf(first!)!;
    const bare = [{}, { hash: 7 }, { hash: 'ff' }, { hash: `${carried}\n` }].map((metadata, number) => {
      const event = { ...first!, stream: `connection-b${number}`, metadata };
      return { event, leaf: leafHash(Buffer.from(expectedHash(event), 'hex')) };
    });
    await deliver(bare.map(({ event }) => event));
    expect((await log.tree.leaves(0, 10)).map(({ hash }) => hash)).toEqual(
      bare.map(({ leaf }) => leaf.toString('base64')),
    );
  });

  it('goes on where it was when whoever fed it died in the middle', async () => {
    const streams = Array.from({ length: 3_000 }, (_, number) => number % 700);
    await log.append(...streams.slice(0, 1_700));
    await caughtUp();
    await log.append(...streams.slice(1_700));
    const dying = log.projector();
    await dying.start();
    await dying.stop();
    // What it had not projected by then is left to the next one.
    await log.stop();
    await caughtUp();
    const leaves = leavesOf(await log.events());
    expect(leaves).toHaveLength(3_000);
    expect(await log.tree.size()).toBe(3_000);
    expect(await log.tree.root(3_000)).toEqual(naiveRoot(leaves));
    expect(await log.tree.root(1_703)).toEqual(naiveRoot(leaves.slice(0, 1_703)));
  });

  it('keeps nothing of a batch that was not committed', async () => {
    await treeProjection.create(untyped(), 'tree', 1);
    await log.append('a', 'b', 'c');
    const events = await log.events();
    await deliver(events.slice(0, 1));
    const lost = log.database.transaction('relaxed', async (tx) => {
      await apply(treeProjection, tx, 'tree', events);
      throw new Error('the power failed');
    });
    await expect(lost).rejects.toThrow('the power failed');
    expect(await log.tree.size()).toBe(1);
    await deliver(events.slice(1));
    expect(await log.tree.root(3)).toEqual(naiveRoot(leavesOf(events)));
  });

  it('comes out the same when it is rebuilt, more than once, under readers', async () => {
    await log.append(...Array.from({ length: 100 }, (_, number) => number % 7));
    await caughtUp();
    const before = await rows();
    for (const _ of [1, 2]) {
      await rebuild(log.store(), log.database.as(), treeProjection);
      expect(await rows()).toEqual(before);
    }
    await log.append('z');
    await caughtUp();
    expect(await log.tree.root(101)).toEqual(naiveRoot(leavesOf(await log.events())));
  });
});
