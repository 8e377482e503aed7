import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lifecycle } from '@connections/connection/domain/lifecycle';
import { type Permission, permissions, roles } from '@connections/directory/roles';
import { Configuration } from '@connections/host/configuration';
import { SERVICE } from '../support/built';
import { CommandLine } from '../support/command-line';
import { temporaryFolder } from '../support/temporary-folder';
import { TestedService } from '../support/tested-service';

const root = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The cells of a table, by how its first line begins; the line under that one is left out. */
function tableIn(path: string, heading: RegExp): string[][] {
  const lines = read(path).split('\n');
  const table = lines.slice(lines.findIndex((line) => heading.test(line)));
  return table
    .slice(0, table.indexOf(''))
    .filter((_, index) => index !== 1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const when = hasCurl ? it : it.skip;

describe('the documentation', () => {
  it('shows the lifecycle as the code has it', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => /^\| (create|activate|deactivate|reactivate) /.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const expected = Object.entries(lifecycle).map(([step, { by, from, to, event }]) => [
      step,
      by.join(' or '),
      from.map((status) => status ?? '–').join(' or '),
      to,
      `\`${event}\``,
    ]);
    expect(rows).toEqual(expected);
  });

  it('shows who may do what as the code has it', () => {
    const words: Record<Permission, string> = {
      read: 'read connections, their history and its proofs, and ask before a share',
      command: 'create, activate, deactivate and reactivate connections',
      redact: 'redact what was written',
      'read-keys': 'list API keys',
      'manage-keys': 'make and revoke API keys',
      'read-organizations': 'list organizations',
      'manage-organizations': 'make organizations',
      'read-accesses': 'read who looked at a history',
      export: 'export histories with their proofs',
      'read-members': 'list the people of the organization',
      'manage-members': 'invite and remove people, and change their roles',
    };
    const rows = tableIn('docs/api.md', /^\| may /);
    const expected = Object.entries(permissions).map(([permission, allowed]) => [
      words[permission as Permission],
      ...roles.map((role) => (allowed.includes(role) ? 'yes' : '')),
    ]);
    expect(rows).toEqual([['may', ...roles.map((role) => `\`${role}\``)], ...expected]);
  });

  it('names every setting with its default', () => {
    const rows = read('docs/operations.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` /.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, 3)
          .map((cell) => cell.replaceAll(/[` ]/g, '')),
      );
    const defaults = Object.entries(new Configuration()).map(([name, value]) => [
      name,
      String(value ?? '').replaceAll(' ', ''),
    ]);
    expect(rows).toEqual(defaults);
  });

  it('links to nothing that is not there', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)]
        .map(([, link]) => link!)
        .filter((link) => !existsSync(join(root, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('the pictures of the documentation', () => {
  it('are all shown, and are what the tests take', () => {
    const shown = [...read('docs/dashboard.md').matchAll(/\]\(dashboard\/([^)]+)\.png\)/g)].map(([, name]) => name!);
    const taken = [...read('test/browser/guide.e2e-spec.ts').matchAll(/picture\(\w+\.page, '([^']+)'\)/g)];
    expect(taken.map(([, name]) => name)).toEqual(shown);
    const kept = globSync('docs/dashboard/*', { cwd: root }).map((path) => basename(path, '.png'));
    expect(kept.sort()).toEqual(shown.toSorted());
  });
});

describe('what can be copied from the documentation', () => {
  const service = new TestedService();

  it('runs through the whole lifecycle from docs/connections.http', async () => {
    const { demo } = service;
    const variables: Record<string, string> = {
      url: demo.url,
      'source-key': demo.source.key,
      'destination-key': demo.destination.key,
      destination: demo.destination['organization-id'],
    };
    const statuses: string[] = [];
    const requests = read('docs/connections.http').split(/^###.*$/m).slice(1); // prettier-ignore
    for (const request of requests) {
      const text = request.trim().replaceAll(/\{\{([\w-]+)\}\}/g, (_, name: string) => variables[name]!);
      const [head = '', body] = text.split('\n\n');
      const [line = '', ...headers] = head.split('\n');
      const [method = '', url = ''] = line.split(' ');
      const response = await fetch(url, {
        method,
        headers: headers.map((header) => header.split(': ') as [string, string]),
        ...(body === undefined ? {} : { body }),
      });
      const { data } = (await response.json()) as { data: { id?: string; attributes?: { status: string } } };
      if (data.id !== undefined) variables['connection'] = data.id;
      statuses.push(`${response.status} ${data.attributes?.status ?? 'list'}`);
    }
    expect(statuses).toEqual([
      '201 pending',
      '200 list',
      '200 active',
      '200 inactive',
      '200 inactive',
      '200 pending',
      '200 list',
      '200 pending',
    ]);
  });

  when('asks whether something may be shared, as docs/api.md does', () => {
    const { demo } = service;
    const [, section = ''] = /^## May this be shared, now\?$(.*?)^## /ms.exec(read('docs/api.md')) ?? [];
    const commands = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, command]) => command!);
    const env = {
      ...process.env,
      URL: demo.url,
      SOURCE_KEY: demo.source.key,
      SOURCE: demo.source['organization-id'],
      DESTINATION: demo.destination['organization-id'],
    };
    const [one, several] = commands.map((command) =>
      JSON.parse(spawnSync('bash', ['-c', command], { encoding: 'utf8', env }).stdout),
    );
    // The requests above have left the connection pending.
    expect(one.data.attributes).toMatchObject({ reason: 'pending', 'as-of': null });
    expect(several.data).toMatchObject([
      one.data,
      { attributes: { reason: 'no-connection', 'as-of': '2018-06-01T12:00:00.000Z' } },
      { errors: [{ code: 'unknown-scope', source: { pointer: '/data/2/attributes/scopes/0' } }] },
    ]);
    const [, example = ''] = /^```json\n(.*?)^```$/ms.exec(section) ?? [];
    expect(Object.keys(JSON.parse(example).data.attributes)).toEqual(Object.keys(one.data.attributes));
  });
});

describe('what docs/cli.md shows of the command line', () => {
  const service = new TestedService();
  const cli = new CommandLine(service.folder);
  beforeAll(async () => {
    // So that there is an access to be listed.
    await service.platform.get('/audit/export');
  });

  /** What a command is shown to print, the first line first. */
  const shown = (command: string): string[] => {
    const [, sample] = read('docs/cli.md').split(`$ npm run -s cli -- ${command}`);
    return (sample ?? '').split('\n```')[0]!.split('\n').slice(1);
  };
  /** Nothing but what is the same in every installation. */
  const names = (lines: readonly string[]): string[] => lines[0]!.split(/ {2,}/);
  const labels = (lines: readonly string[]): string[] =>
    lines.slice(0, lines.indexOf('')).map((line) => line.split(/ {2,}/)[0]!);
  const rows = (lines: readonly string[]): string[] => [names(lines).join(), ...labels([...lines, '']).slice(1)];
  const checks = (lines: readonly string[]): string[] =>
    lines.flatMap((line) => /^(?:ok|warning|problem) +(.+?) {2,}/.exec(line)?.[1] ?? []);

  it.each<[string, (lines: readonly string[]) => string[], string[]]>([
    ['organization create', labels, ['organization', 'create', 'Acme']],
    ['organization list', names, ['organization', 'list']],
    ['api-key create', labels, ['api-key', 'create', '--role', 'platform-admin', '--name', 'Operations']],
    ['connection list', names, ['connection', 'list']],
    ['audit key list', names, ['audit', 'key', 'list']],
    ['audit accesses', names, ['audit', 'accesses']],
    ['projection status', rows, ['projection', 'status']],
    ['doctor', checks, ['doctor']],
  ])('has the names that it prints: %s', async (command, of, args) => {
    const { stdout } = await cli.run(...args);
    expect(of(shown(command))).not.toEqual([]);
    expect(of(shown(command))).toEqual(of(stdout.split('\n')));
  });
});

describe('npm start -- --demo', () => {
  when(
    `prints commands that walk through the lifecycle when pasted${hasCurl ? '' : ' (skipped: no curl here)'}`,
    async () => {
      using folder = temporaryFolder();
      const child = spawn(process.execPath, [SERVICE, '--demo'], {
        env: { ...process.env, PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'error' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      for await (const chunk of child.stdout) {
        printed += String(chunk);
        if (printed.includes('/events')) break;
      }
      const commands = printed.slice(printed.indexOf('# 1.'));
      const { stdout } = spawnSync('bash', ['-c', commands], {
        encoding: 'utf8',
      });
      child.kill('SIGTERM');
      await once(child, 'exit');
      const answers = stdout.trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)); // prettier-ignore
      expect(answers.map(({ data }) => data.attributes?.status ?? data.length)).toEqual([
        'pending',
        'active',
        4,
        'active',
        // The share checks, before and after it is deactivated.
        'active',
        'inactive',
        'inactive',
        'pending',
        'active',
        5,
      ]);
    },
  );
});
