import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { Lease, leaseMigrations, type LeaseTables } from '@connections/event-store/lease';
import { signCheckpoint } from './checkpoint';
import { folderTarget, urlTarget } from './checkpoint-targets';
import type { SignedCheckpoint } from './checkpoints';
import { type CheckpointTarget, Delivery } from './delivery';
import { leafHash } from './merkle-tree';
import { type AuditedLog, openAuditedLog } from './testing/audited-log';

describeDatabases('checkpoints on their way outside', (databases) => {
  let log: AuditedLog;
  let leases: Database<LeaseTables>;
  let sign: () => Promise<SignedCheckpoint>;
  let place: string;
  let running: Delivery[];
  let closing: (() => void)[];
  const warnings: object[] = [];
  beforeEach(async () => {
    log = await openAuditedLog(databases);
    leases = await databases.open();
    await migrate(leases.as<never>().writer, leaseMigrations);
    log.keys.create('log.example');
    const { checkpoints } = await log.instance();
    sign = async () => {
      await log.append('a');
      return checkpoints.coveringNow();
    };
    place = join(log.folder, 'kept', 'checkpoints');
    running = [];
    closing = [];
    warnings.length = 0;
  });
  afterEach(async () => {
    await stop();
    for (const close of closing) close();
    await leases.close();
    await log.close();
  });

  function start(target: CheckpointTarget, lease: Lease | null = null): Delivery {
    const warn = (fields: object): void => void warnings.push(fields);
    const delivery = new Delivery(log.database.as(), target, { warn }, lease);
    running.push(delivery);
    delivery.start();
    return delivery;
  }
  const stop = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((delivery) => delivery.stop()));
  };
  const leaseOf = (holder: string): Lease => new Lease(leases, 'delivery', holder);
  /** Gives the lease to another process, as if its holder were dead. */
  const overtake = () => leases.writer.updateTable('leases').set({ holder: 'other' }).execute();
  /** Starts a server for one test. @returns its host and port. */
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  async function until(holds: () => unknown): Promise<void> {
    while (!(await holds())) await setImmediate();
  }
  const fileOf = ({ size }: SignedCheckpoint): string =>
    join(place, `checkpoint-${String(size).padStart(16, '0')}.txt`);

  it('become a file each in a folder, which is made, and are brought once', async () => {
    const signed = [await sign(), await sign()];
    const first = start(folderTarget(place));
    expect(await first.outstanding()).toBeLessThanOrEqual(2);
    await until(async () => (await first.outstanding()) === 0);
    await stop();
    expect(readdirSync(place)).toHaveLength(2);
    for (const checkpoint of signed) expect(readFileSync(fileOf(checkpoint), 'utf8')).toBe(checkpoint.note);

    rmSync(place, { recursive: true });
    const third = await sign();
    const second = start(folderTarget(place));
    await until(async () => (await second.outstanding()) === 0);
    expect(readdirSync(place).map((name) => join(place, name))).toEqual([fileOf(third)]);
    expect([first.problem, second.problem, warnings.length]).toEqual([null, null, 0]);
  });

  it('can be read by everybody, whatever else this process makes', async () => {
    const umask = process.umask(0o077);
    try {
      const signed = await sign();
      const delivery = start(folderTarget(place));
      await until(async () => (await delivery.outstanding()) === 0);
      const modes = [place, fileOf(signed)].map((path) => statSync(path).mode & 0o777);
      expect(modes).toEqual([0o755, 0o644]);
    } finally {
      process.umask(umask);
    }
  });

  it('are not written over what says something else of as many events', async () => {
    const [signed] = [await sign()];
    const other = signCheckpoint({ ...signed, root: leafHash(signed.root) }, log.keys.read());
    mkdirSync(place, { recursive: true });
    writeFileSync(fileOf(signed), other);
    const delivery = start(folderTarget(place));
    await until(() => delivery.problem);
    expect(delivery.problem).toContain(`${fileOf(signed)} says something else of as many events`);
    expect(await delivery.outstanding()).toBe(1);
    expect(readFileSync(fileOf(signed), 'utf8')).toBe(other);
    expect(warnings).toHaveLength(1);
  });

  it('do not wait for what is no file', async () => {
    const signed = await sign();
    mkdirSync(place, { recursive: true });
    execFileSync('mkfifo', [fileOf(signed)]);
    const target = folderTarget(place);
    const delivery = start(target);
    await until(() => delivery.problem);
    const problem = `${fileOf(signed)} is no regular file, and no checkpoint: move it away`;
    expect(delivery.problem).toBe(`${target.place}: ${problem}`);
    await expect(target.newest()).rejects.toThrow(problem);
    rmSync(fileOf(signed));
    mkdirSync(fileOf(signed));
    await expect(target.newest()).rejects.toThrow(problem);
  });

  it('are told of once, by the name that they are to have, where they cannot be written', async () => {
    const signed = await sign();
    mkdirSync(place, { recursive: true });
    let tries = 0;
    const writing = jest.spyOn(fsPromises, 'writeFile').mockImplementation((path) => {
      tries += 1;
      return Promise.reject(new Error(`EACCES: permission denied, open '${path as string}'`));
    });
    const delivery = start(folderTarget(place));
    await until(() => tries > 1 && delivery.problem);
    await stop();
    writing.mockRestore();
    expect(delivery.problem).toBe(`${place}: ${fileOf(signed)} cannot be written: EACCES: permission denied`);
    expect(warnings).toHaveLength(1);
  });

  it('are there when the same was signed at another time before', async () => {
    const signed = await sign();
    const before = signCheckpoint({ ...signed, signedAt: '2026-01-01T00:00:00.000Z' }, log.keys.read());
    mkdirSync(place, { recursive: true });
    writeFileSync(fileOf(signed), before);
    const delivery = start(folderTarget(place));
    await until(async () => (await delivery.outstanding()) === 0);
    expect(readFileSync(fileOf(signed), 'utf8')).toBe(before);
  });

  it('are sent to a URL in the order of sizes, and again until they are taken', async () => {
    const taken: { body: string; headers: IncomingHttpHeaders }[] = [];
    let refusals = 1;
    const host = await serve((request, response) => {
      void text(request).then((body) => {
        const refused = (refusals -= 1) >= 0;
        if (!refused) taken.push({ body, headers: request.headers });
        response.writeHead(refused ? 500 : 204).end();
      });
    });
    const signed = [await sign(), await sign()];
    const delivery = start(urlTarget(`http://${host}/taken?secret=1`));
    await until(() => delivery.problem);
    expect(delivery.problem).toBe(`${host}: it answered with status 500`);
    await until(async () => (await delivery.outstanding()) === 0 && delivery.problem === null);
    expect(taken.map(({ body }) => body)).toEqual(signed.map(({ note }) => note));
    expect(taken.map(({ headers }) => headers['content-type'])).toEqual(signed.map(() => 'text/plain; charset=utf-8'));
    expect(warnings).toMatchObject([{ target: 'url', place: host }]);
  });

  /** A target that records the sizes that it was sent. */
  const noting = (sent: number[], taking: (size: number) => Promise<unknown>): CheckpointTarget => ({
    name: 'url',
    place: 'elsewhere',
    async deliver({ size }) {
      sent.push(size);
      await taking(size);
    },
    newest: async () => null,
  });

  it('are brought by one instance at a time, however long one of them takes', async () => {
    for (const _ of [1, 2, 3]) await sign();
    const [sent, taken] = [[] as number[], Promise.withResolvers<null>()];
    const target = noting(sent, () => taken.promise);
    const [delivery] = ['one', 'other'].map((holder) => start(target, leaseOf(holder)));
    const heldUntil = async (): Promise<number> =>
      (await leases.reader.selectFrom('leases').select('held_until').executeTakeFirstOrThrow()).held_until;
    await until(() => sent.length > 0);
    const before = await heldUntil();
    await until(async () => (await heldUntil()) > before);
    taken.resolve(null);
    await until(async () => (await delivery?.outstanding()) === 0);
    expect(sent).toEqual([1, 2, 3]);
  });

  it('are not brought by one that was overtaken, nor again once it may go on', async () => {
    for (const _ of [1, 2, 3]) await sign();
    const [sent, lease] = [[] as number[], leaseOf('one')];
    const target = noting(sent, async (size) => size === 1 && overtake());
    const taking = jest.spyOn(lease, 'take');
    const delivery = start(target, lease);
    const isRefused = async (): Promise<boolean> =>
      (await Promise.all(taking.mock.results.map(({ value }) => value as Promise<boolean>))).includes(false);
    await until(async () => sent.length > 1 || (await isRefused()));
    expect(sent).toEqual([1]);
    await log.database.writer.updateTable('checkpoint_deliveries').set({ size: 3 }).execute();
    await sign();
    await leaseOf('other').release();
    await until(async () => (await delivery.outstanding()) === 0);
    expect(sent).toEqual([1, 4]);
  });

  it('are broken off without a fault where another instance goes on', async () => {
    await sign();
    const ends: Promise<unknown>[] = [];
    const host = await serve((_, response) => {
      ends.push(once(response, 'close'));
      if (ends.length === 1) void overtake();
      else response.end();
    });
    const delivery = start(urlTarget(`http://${host}`), leaseOf('one'));
    await until(() => ends.length === 1);
    await ends[0];
    await leaseOf('other').release();
    await until(async () => (await delivery.outstanding()) === 0);
    expect(warnings).toEqual([]);
  });
});
