import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, newOrganization } from '../support/client';
import { CommandLine } from '../support/command-line';
import { startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

/** What docs/operations.md tells to do with SQLite: a file and a statement. */
const steps = [
  ...readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8').matchAll(
    /^\(umask 077; sqlite3 (\S+) "([^"]+)"\)$/gm,
  ),
].map(([, file, statement]) => [file, statement] as [string, string]);

/** What the `sqlite3` command line does, which is not everywhere. */
const SQLITE3 = `const { DatabaseSync } = require('node:sqlite');
process.umask(0o077);
new DatabaseSync(process.argv[1]).exec(process.argv[2]);`;

describe('a back-up that is made as the documentation says, while the service is written to', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  async function backUp(): Promise<void> {
    mkdirSync(join(folder.path, 'backup'), { mode: 0o700 });
    for (const [file, statement] of steps) {
      const child = spawn(process.execPath, ['--no-warnings', '-e', SQLITE3, file, statement], {
        cwd: folder.path,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(await once(child, 'exit')).toEqual([0, null]);
      const [, copy] = /'(.+)'/.exec(statement)!;
      expect(statSync(join(folder.path, copy!)).mode & 0o077).toBe(0);
    }
  }

  it('ends, and holds whatever was answered before it began', async () => {
    expect(steps.map(([file]) => file)).toEqual(['data/connections.sqlite', 'data/events.sqlite']);
    const service = await startService(join(folder.path, 'data'));
    const platform = new Client(service.demo.url, service.demo.platform.key);
    const source = await newOrganization(platform, 'Acme');
    const create = async (): Promise<string> => {
      const partner = await newOrganization(platform, 'Partner');
      return (await source.client.create(partner.id, { name: 'Shared' })).body.data.id as string;
    };
    const answered = await Promise.all(Array.from({ length: 20 }, create));
    let isOver = false;
    const writing = Array.from({ length: 4 }, async () => {
      let many = 0;
      for (; !isOver; many += 1) await create();
      return many;
    });
    await backUp();
    isOver = true;
    for (const many of await Promise.all(writing)) expect(many).toBeGreaterThan(0);
    await service.stop();

    const restored = join(folder.path, 'restored');
    mkdirSync(restored);
    for (const name of ['connections.sqlite', 'events.sqlite']) {
      copyFileSync(join(folder.path, 'backup', name), join(restored, name));
    }
    copyFileSync(join(folder.path, 'data', 'audit.key'), join(restored, 'audit.key'));
    const again = await startService(restored);
    const reader = new Client(again.demo.url, source.client.key);
    const read = await Promise.all(answered.map(async (id) => (await reader.retrieve(id)).body.data.attributes.name));
    expect(new Set(read)).toEqual(new Set(['Shared']));
    expect((await reader.get('/readyz')).status).toBe(200);
    await again.stop();
    const { exitCode, json } = await new CommandLine(restored).run('audit', 'verify', '--json');
    expect({ exitCode, whole: json.whole }).toEqual({ exitCode: 0, whole: true });
  });
});
