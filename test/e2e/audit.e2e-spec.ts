import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '@connections/audit/checkpoint';
import { KeyFile } from '@connections/audit/key-file';
import { isConsistent, leafHash, rootByInclusion } from '@connections/audit/merkle-tree';
import { parseVerifierKey, type VerifierKey } from '@connections/audit/signed-note';
import { Client, newOrganization, newPair, type Pair } from '../support/client';
import { ON_SERVERS } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const AUDIT = '/api/v1/audit';
const onServers = process.env[ON_SERVERS] !== undefined;

/** The attributes of an inclusion proof, as answered. */
interface InclusionProofAttributes {
  readonly 'event-hash': string;
  readonly 'leaf-index': number;
  readonly 'tree-size': number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const buffers = (path: readonly string[]): Buffer[] => path.map((hash) => Buffer.from(hash, 'base64'));

describe('proofs over HTTP', () => {
  const service = new TestedService(() => {
    // One process alone makes its key by itself; several are given one.
    if (onServers) keyFile.create('connections.example');
    return {};
  });
  const keyFile = new KeyFile(join(service.folder, 'audit.key'));
  let auditor: Client;
  let pair: Pair;
  let id: string;

  beforeAll(async () => {
    auditor = new Client(service.url, service.demo.auditor.key);
    pair = await newPair(service.platform);
    const created = await pair.source.client.create(pair.destination.id);
    id = created.body.data.id as string;
    for (const verb of ['activate', 'deactivate']) await pair.destination.client.step(id, verb);
    await pair.source.client.step(id, 'reactivate');
  });

  const keys = async (): Promise<VerifierKey[]> =>
    (await auditor.get(`${AUDIT}/keys`)).body.data.map(({ attributes }: { attributes: { 'verifier-key': string } }) =>
      parseVerifierKey(attributes['verifier-key']),
    );
  const proofOf = (revision: number, query = '', by: Client = pair.source.client) =>
    by.get(`/connect/connections/${id}/events/${revision}/proof${query}`);

  /** As somebody does who trusts nothing but the key. @returns the size of the checkpoint. */
  const verified = async (attributes: InclusionProofAttributes): Promise<number> => {
    const { size, root } = openCheckpoint(attributes.checkpoint, await keys());
    const leaf = leafHash(Buffer.from(attributes['event-hash'], 'hex'));
    expect(attributes['tree-size']).toBe(size);
    expect(rootByInclusion(leaf, attributes['leaf-index'], size, buffers(attributes.path))).toEqual(root);
    return size;
  };

  it('show every event of a connection to be in the log that was signed, at once after it happened', async () => {
    const history = await pair.source.client.history(id);
    expect(history).toHaveLength(4);
    for (const [revision, { attributes }] of history.entries()) {
      for (const by of [pair.source.client, pair.destination.client, auditor]) {
        const { status, body } = await proofOf(revision, '', by);
        expect(status).toBe(200);
        expect(body.data).toMatchObject({ type: 'audit/inclusion-proofs', id: `${id}@${revision}` });
        expect(body.data.attributes['event-hash']).toBe(attributes.hash);
        await verified(body.data.attributes);
      }
    }
  });

  it('are made for the checkpoint that is asked for, if it covers the event', async () => {
    const before = await verified((await proofOf(3)).body.data.attributes);
    await pair.destination.client.step(id, 'activate');
    const after = await verified((await proofOf(4)).body.data.attributes);
    expect(after).toBeGreaterThan(before);
    expect(await verified((await proofOf(2, `?checkpoint=${before}`)).body.data.attributes)).toBe(before);
    const early = await proofOf(4, `?checkpoint=${before}`);
    expect([early.status, early.body.errors[0].code]).toEqual([400, 'invalid-parameter']);
    expect(early.body.errors[0].details).toContain('was signed before this event');
    const unknown = await proofOf(2, '?checkpoint=999999');
    expect([unknown.status, unknown.body.errors[0].code]).toEqual([404, 'not-found']);
  });

  it('are for the parties and the platform alone, who hear of no others', async () => {
    const stranger = await newOrganization(service.platform, 'Stranger');
    const refused = await proofOf(0, '', stranger.client);
    expect([refused.status, refused.body]).toEqual([404, (await stranger.client.retrieve(id)).body]);
    expect((await proofOf(0, '', new Client(service.url, null))).status).toBe(401);
  });

  it.each([
    ['a revision that is not there', '99', '', 404, 'not-found'],
    ['a revision that is none', '-1', '', 400, 'invalid-parameter'],
    ['a revision in words', 'last', '', 400, 'invalid-parameter'],
    ['a checkpoint that is none', '0', '?checkpoint=x', 400, 'invalid-parameter'],
  ])('are refused for %s', async (_, revision, query, status, code) => {
    const answer = await pair.source.client.get(`/connect/connections/${id}/events/${revision}/proof${query}`);
    expect([answer.status, answer.body.errors[0].code]).toEqual([status, code]);
  });

  it('show that the log only grew from one checkpoint to the next', async () => {
    await proofOf(0);
    await pair.source.client.step(id, 'deactivate');
    const { length } = await pair.source.client.history(id);
    await proofOf(length - 1);
    const { data } = (await auditor.get(`${AUDIT}/checkpoints?page[size]=100`)).body;
    const [newest, ...older] = data.map(({ attributes }: { attributes: { note: string } }) => attributes.note);
    const known = await keys();
    const to = openCheckpoint(newest, known);
    expect(older.length).toBeGreaterThan(0);
    for (const note of older) {
      const from = openCheckpoint(note, known);
      const { attributes } = (await auditor.get(`${AUDIT}/consistency?from=${from.size}&to=${to.size}`)).body.data;
      expect(isConsistent(from, to, buffers(attributes.path))).toBe(true);
      expect(buffers([attributes['from-root'], attributes['to-root']])).toEqual([from.root, to.root]);
    }
  });

  it.each(['', '?from=1', '?from=2&to=1', '?from=0&to=99999999', '?from=-1&to=1', '?from=1&to=1&to=2'])(
    'are not made of sizes such as %j',
    async (query) => {
      const answer = await auditor.get(`${AUDIT}/consistency${query}`);
      expect([answer.status, answer.body.errors[0].code]).toEqual([400, 'invalid-parameter']);
    },
  );

  it('begin with checkpoints, which are listed newest first, and each of which can be read', async () => {
    await proofOf(0);
    const sizes: number[] = [];
    for (let path: string | null = `${AUDIT}/checkpoints?page[size]=1`; path !== null;) {
      const { body } = await auditor.get(path);
      sizes.push(...body.data.map(({ id: size }: { id: string }) => Number(size)));
      path = body.links.next;
    }
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes).toEqual([...new Set(sizes)].sort((one, other) => other - one));
    for (const size of sizes) {
      const { data } = (await pair.source.client.get(`${AUDIT}/checkpoints/${size}`)).body;
      expect(openCheckpoint(data.attributes.note, await keys())).toMatchObject({ size });
    }
    const { data } = (await auditor.get(`${AUDIT}/checkpoints/latest`)).body;
    expect(Number(data.id)).toBeGreaterThanOrEqual(sizes[0]!);
    expect((await auditor.get(`${AUDIT}/checkpoints/${sizes[0]! + 100_000}`)).body.errors[0].code).toBe('not-found');
    expect((await auditor.get(`${AUDIT}/checkpoints/first`)).body.errors[0].code).toBe('invalid-parameter');
  });

  it('are signed by a key that its owner alone can read, made without being asked where one process serves', async () => {
    const [key] = keyFile.read();
    expect((await keys()).map((known) => known.id)).toEqual([key!.id]);
    expect(key!.name).toMatch(onServers ? /^connections\.example$/ : /^connections-[0-9a-f]{8}$/);
  });

  it('tell how they are in /readyz and in /metrics, beside the projection that they are made from', async () => {
    const latest = (await auditor.get(`${AUDIT}/checkpoints/latest`)).body.data.attributes.size;
    // It looks once a second what was signed, by whomever.
    await until('it has looked', async () => (await auditor.get('/readyz')).body.checkpoints.state === 'ok');
    const ready = await auditor.get('/readyz');
    expect(ready.body.projections[1]).toMatchObject({ name: 'tree', problem: null });
    expect(ready.body.checkpoints).toMatchObject({ state: 'ok', problem: null, 'delivery-problems': [] });
    const { text } = await auditor.get('/metrics');
    expect(text).toContain('projection_state{projection="tree",state="running"} 1');
    expect(text).toContain('checkpoint_state{state="ok"} 1');
    expect(text).toContain('checkpoint_state{state="forked"} 0');
    await until('it tells how much the newest checkpoint covers', async () => {
      const metrics = await auditor.get('/metrics');
      return Number(/^checkpoint_events (\d+)$/m.exec(metrics.text)?.[1]) >= latest;
    });
    expect(latest).toBeGreaterThan(0);
  });

  it('come out in a folder, a file a checkpoint, where one process serves', async () => {
    const checkpoints = join(service.folder, 'checkpoints');
    if (onServers) {
      expect(existsSync(checkpoints)).toBe(false);
      return;
    }
    const { data } = (await auditor.get(`${AUDIT}/checkpoints?page[size]=100`)).body;
    const [newest] = data;
    const file = join(checkpoints, `checkpoint-${newest.id.padStart(16, '0')}.txt`);
    while (!existsSync(file)) await auditor.get('/livez');
    expect(readFileSync(file, 'utf8')).toBe(newest.attributes.note);
    expect(readdirSync(checkpoints)).toHaveLength(data.length);
  });
});
