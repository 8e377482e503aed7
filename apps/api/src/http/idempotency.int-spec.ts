import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeStores, openStores, type Stores } from '@connections/host/stores';
import { Idempotency, type IdempotentRequest } from './idempotency';
import { ProblemError } from './problems';

const request: IdempotentRequest = {
  claim: 'first',
  scope: 'org_A',
  key: 'k',
  method: 'POST',
  url: '/x',
  ifMatch: null,
  body: { a: 1 },
};
const answer = { status: 201, headers: { etag: '"0"' }, body: { data: 1 } };

describe('remembered answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  let stores: Stores;
  let idempotency: Idempotency;
  beforeAll(async () => {
    stores = await openStores(folder);
  });
  beforeEach(async () => {
    await stores.database.writer.deleteFrom('idempotency').execute();
    idempotency = new Idempotency(stores.database.as());
  });
  afterAll(async () => {
    await closeStores(stores);
    rmSync(folder, { recursive: true });
  });

  it('are given again to the same request', async () => {
    expect(await idempotency.claim(request)).toBeNull();
    await idempotency.complete(request, answer);
    expect(await idempotency.claim(request)).toEqual(answer);
  });

  it('are not given to another request, or while the first is under way', async () => {
    await idempotency.claim(request);
    await expect(idempotency.claim(request)).rejects.toThrow(/still under way/);
    await expect(idempotency.claim({ ...request, body: { a: 2 } })).rejects.toThrow(ProblemError);
    expect(await idempotency.claim({ ...request, scope: 'org_B' })).toBeNull();
  });

  it('leave a request that came to nothing to its next try', async () => {
    await idempotency.claim(request);
    await idempotency.release(request);
    expect(await idempotency.claim(request)).toBeNull();
  });

  it('leave a request whose process died to its next try', async () => {
    await idempotency.claim(request);
    const afterTheCrash = new Idempotency(stores.database.as());
    await afterTheCrash.start();
    expect(await afterTheCrash.claim(request)).toBeNull();
  });

  it('are forgotten when they are old, however many there are, and kept while they are not', async () => {
    const old = Array.from({ length: 1_200 }, (_, index) => ({
      scope: 'org_A',
      key: `old ${index}`,
      fingerprint: '',
      claimed_by: '',
      claimed_until: 0,
      created_at: Date.now() - 26 * 3_600_000,
      status: 200,
      headers: '{}',
      body: '{}',
    }));
    for (let start = 0; start < old.length; start += 100) {
      await stores.database.writer.insertInto('idempotency').values(old.slice(start, start + 100)).execute(); // prettier-ignore
    }
    await idempotency.claim(request);
    await idempotency.forgetOld();
    expect(await stores.database.reader.selectFrom('idempotency').select('key').execute()).toEqual([{ key: 'k' }]);
  });

  it('that are old but not forgotten yet no longer count', async () => {
    await idempotency.claim(request);
    await idempotency.complete(request, answer);
    await stores.database.writer
      .updateTable('idempotency')
      .set({ created_at: Date.now() - 26 * 3_600_000 })
      .execute();
    expect(await idempotency.claim({ ...request, body: null })).toBeNull();
  });
});
