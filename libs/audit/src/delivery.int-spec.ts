import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describeDatabases } from '@connections/database/testing/databases';
import { signCheckpoint } from './checkpoint';
import { folderTarget, urlTarget } from './checkpoint-targets';
import type { SignedCheckpoint } from './checkpoints';
import { type CheckpointTarget, Delivery } from './delivery';
import { leafHash } from './merkle-tree';
import { type AuditedLog, openAuditedLog } from './testing/audited-log';

describeDatabases('checkpoints on their way outside', (databases) => {
  let log: AuditedLog;
  let sign: () => Promise<SignedCheckpoint>;
  let place: string;
  let running: Delivery[];
  const warnings: object[] = [];
  beforeEach(async () => {
    log = await openAuditedLog(databases);
    log.keys.create('log.example');
    const { checkpoints } = await log.instance();
    sign = async () => {
      await log.append('a');
      return checkpoints.coveringNow();
    };
    place = join(log.folder, 'kept', 'checkpoints');
    running = [];
    warnings.length = 0;
  });
  afterEach(async () => {
    await stop();
    await log.close();
  });

  function start(target: CheckpointTarget): Delivery {
    const delivery = new Delivery(
      log.database.as(),
      target,
      { warn: (fields: object) => void warnings.push(fields) },
      null,
    );
    running.push(delivery);
    delivery.start();
    return delivery;
  }
  const stop = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((delivery) => delivery.stop()));
  };
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
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const refused = (refusals -= 1) >= 0;
        if (!refused) taken.push({ body, headers: request.headers });
        response.writeHead(refused ? 500 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const signed = [await sign(), await sign()];
      const delivery = start(urlTarget(`http://${host}/taken?secret=1`));
      await until(() => delivery.problem);
      expect(delivery.problem).toBe(`${host}: it answered with status 500`);
      await until(async () => (await delivery.outstanding()) === 0 && delivery.problem === null);
      expect(taken.map(({ body }) => body)).toEqual(signed.map(({ note }) => note));
      expect(taken.map(({ headers }) => headers['content-type'])).toEqual(
        signed.map(() => 'text/plain; charset=utf-8'),
      );
      expect(warnings).toMatchObject([{ target: 'url', place: host }]);
    } finally {
      await stop();
      server.closeAllConnections();
      server.close();
    }
  });
});
