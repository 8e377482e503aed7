import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { newPair, type Pair } from '../support/client';
import { temporaryFolder } from '../support/temporary-folder';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const run = promisify(execFile);
const root = join(__dirname, '..', '..');
const source = join(root, 'libs', 'client');
const read = (path: string): string => readFileSync(join(source, path), 'utf8');

/** The samples of the README, by the title that they stand under, and what they say that they print. */
const samples = read('README.md')
  .split(/^## /m)
  .flatMap((section) =>
    [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => ({
      title: section.split('\n')[0],
      code,
      prints: [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line),
    })),
  );

describe('the client package', () => {
  const folder = temporaryFolder();
  const built = join(folder.path, 'built');
  /** Somebody else's project, in which the package is installed. */
  const project = join(folder.path, 'project');
  let packed: { readonly files: readonly { readonly path: string }[]; readonly filename: string };
  beforeAll(async () => {
    await run(process.execPath, [join(source, 'build.mjs'), built]);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder.path], { cwd: built });
    [packed] = JSON.parse(stdout);
    const installed = join(project, 'node_modules', '@connections', 'client');
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', join(folder.path, packed.filename), '-C', installed, '--strip-components=1']);
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    samples.forEach(({ code }, index) => writeFileSync(join(project, `sample-${index}.ts`), code));
  }, 60_000);
  afterAll(() => folder.remove());

  it('has types that are what the generator makes of the service’s document now', async () => {
    const { stdout } = await run(process.execPath, [join(source, 'generate.mjs')], { maxBuffer: 2 ** 24 });
    expect(read('src/generated.ts')).toBe(stdout);
  });

  it('holds the modules of both kinds with their types, its page, and nothing else', () => {
    const modules = [
      'accesses',
      'answers',
      'client',
      'connections',
      'directory',
      'errors',
      'exports',
      'generated',
      'index',
      'options',
    ];
    modules.push('pages', 'retries', 'share-checks', 'time-limit', 'transport', 'types');
    const ofKind = (kind: string): string[] => [
      `${kind}/package.json`,
      ...modules.flatMap((name) => [`${kind}/${name}.d.ts`, `${kind}/${name}.js`]),
    ];
    const expected = ['README.md', 'package.json', ...ofKind('cjs'), ...ofKind('esm')];
    expect(packed.files.map(({ path }) => path).sort()).toEqual(expected.sort());
  });

  it('needs nothing but itself', () => {
    const manifest = JSON.parse(read('package.json'));
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts']) {
      expect([kind, manifest[kind]]).toEqual([kind, undefined]);
    }
  });

  it.each([
    ['an ES module', 'module.mjs', "import * as client from '@connections/client';"],
    ['CommonJS', 'module.cjs', "const client = require('@connections/client');"],
  ])('is loaded by %s', async (_, file, load) => {
    const names = "console.log(Object.keys(client).filter((name) => name !== 'default').sort().join());";
    writeFileSync(join(project, file), `${load}\n${names}`);
    const { stdout } = await run(process.execPath, [file], { cwd: project });
    expect(stdout.trim().split(',')).toEqual(
      [...read('src/index.ts').matchAll(/^export \{(.*?)\}/gms)]
        .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
        .filter((name) => name !== '' && !name.startsWith('type '))
        .sort(),
    );
  });

  it('gives its types to modules of both kinds, and to the samples of its page', async () => {
    const typed = ['typed.mts', 'typed.cts'];
    for (const file of typed) {
      writeFileSync(
        join(project, file),
        `import { ConnectionsClient, ConnectionsError, type StepOptions } from '@connections/client';
         export const statusOf = async (client: ConnectionsClient): Promise<'pending' | 'active' | 'inactive'> =>
           (await client.connections.retrieve('cxn_1')).attributes.status;
         // @ts-expect-error a status that there is not
         export const none = (client: ConnectionsClient) => client.connections.list({ status: 'gone' });
         export const isOfTheFuture = ({ code, errors }: ConnectionsError): boolean =>
           code === 'a-code-of-the-future' || errors.some((problem) => problem.code === 'a-code-of-the-future');
         export const undefinedIsLeftOut = async (maybe: undefined, error: ConnectionsError) => {
           const patience = { timeout: maybe, retries: maybe };
           const more = { attemptTimeout: maybe, readOwnWrites: maybe, fetch: maybe };
           const client = new ConnectionsClient({ baseUrl: maybe, apiKey: maybe, ...patience, ...more });
           const options = { ...patience, signal: maybe, correlationId: maybe };
           await client.organization.retrieve(options);
           const write = { ...options, idempotencyKey: error.idempotencyKey };
           await client.connections.create({ destinationOrganizationId: 'org_1', name: maybe, scopes: maybe }, write);
           await client.connections.deactivate('cxn_1', { ...write, ifMatch: maybe, dryRun: maybe, reason: maybe });
           client.connections.list({ role: maybe, status: maybe, size: maybe, after: maybe, asOf: maybe });
           client.connections.history('cxn_1', { event: maybe, actor: maybe });
           await client.connections.retrieve('cxn_1', { asOf: maybe, revision: maybe, ...options });
           await client.connections.diff('cxn_1', { from: 0, to: maybe });
           await client.exports.begin({ connectionId: maybe, organizationId: maybe, format: maybe, since: maybe });
           // @ts-expect-error what cannot be left out
           await client.connections.diff('cxn_1', { from: maybe });
         };
         export const onlyAStepIsTriedOut = (client: ConnectionsClient, options: StepOptions) => {
           // @ts-expect-error it would be created
           void client.connections.create({ destinationOrganizationId: 'org_1' }, options);
           void client.connections.activate('cxn_1', options);
         };`,
      );
    }
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      typeRoots: [join(root, 'node_modules', '@types')],
      types: ['node'],
    };
    const files = [...typed, ...samples.map((_, index) => `sample-${index}.ts`)];
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', project]).catch(
      // What the compiler has to say is on its standard output.
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  }, 60_000);

  describe('on its page', () => {
    const service = new TestedService();
    let pair: Pair;
    beforeAll(async () => {
      pair = await newPair(service.platform);
    });
    const environment = (): NodeJS.ProcessEnv => ({
      ...process.env,
      CONNECTIONS_URL: service.url,
      SOURCE_KEY: pair.source.key,
      DESTINATION_KEY: pair.destination.key,
      DESTINATION_ORGANIZATION_ID: pair.destination.id,
      NO_COLOR: '1',
      PORT: '0',
    });
    const [guard, ...printing] = samples.map((sample, index) => ({ ...sample, file: `sample-${index}.ts` }));

    it('has samples', () =>
      expect(samples.map(({ title, prints }) => [title, prints.length > 0])).toEqual([
        ['Guarding a share', false],
        ['Guarding a share', true],
        ['The handshake', true],
        ['Lists', true],
        ['The past', true],
        ['Exports', true],
        ['Errors', true],
      ]));

    it.each(printing)('says of $title what it does', async ({ file, prints }) => {
      const { stdout } = await run(process.execPath, [file], { cwd: project, env: environment() });
      expect(stdout.trimEnd().split('\n')).toEqual(prints);
    });

    it('has a guard that shares while the connection is active, and never in doubt', async () => {
      const { source: ours, destination: theirs } = await newPair(service.platform);
      const child = spawn(process.execPath, [guard!.file], {
        cwd: project,
        env: { ...environment(), SOURCE_KEY: ours.key },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      try {
        const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
        const [, port] = /port: (\d+)/.exec(line) ?? [];
        const asked = async (): Promise<number> => (await fetch(`http://localhost:${port}/${theirs.id}`)).status;
        expect(await asked()).toBe(403);
        const created = await ours.client.create(theirs.id);
        const { id } = created.body.data;
        expect(await asked()).toBe(403);
        await theirs.client.step(id, 'activate');
        expect(await asked()).toBe(200);
        await theirs.client.step(id, 'deactivate');
        expect(await asked()).toBe(403);
        await service.kill();
        expect(await asked()).toBe(503);
        await until('whoever operates it is told why', () => /^Unreachable: /.test(errors));
      } finally {
        child.kill();
      }
    });
  });
});
