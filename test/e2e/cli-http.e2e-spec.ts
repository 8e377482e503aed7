import { Client, newConnection, newOrganization, newPair, type Pair } from '../support/client';
import { CommandLine, type Ended } from '../support/command-line';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('the command line that asks a running service', () => {
  let service: RunningService;
  let platform: Client;
  let pair: Pair & { readonly id: string };
  beforeAll(async () => {
    service = await startService(`${folder.path}/data`);
    platform = new Client(service.demo.url, service.demo.platform.key);
    pair = await newConnection(platform, 'active');
  });
  afterAll(() => service.stop());

  /** In a folder without data, so that whatever is answered came over HTTP. */
  const cliWith = (environment: NodeJS.ProcessEnv): CommandLine =>
    new CommandLine(`${folder.path}/nowhere`, environment);
  const cliOf = ({ key }: { key: string }): CommandLine => cliWith({ CONNECT_URL: service.demo.url, CONNECT_KEY: key });
  const check = (cli: CommandLine, { source, destination }: Pair, ...args: string[]): Promise<Ended> =>
    cli.run('share-check', source.id, destination.id, '--scopes', 'inquiry.read', ...args);

  it('shows what a key may see, as the API answers it', async () => {
    const { id, source } = pair;
    const cli = cliOf(source);
    const overHttp = async (path: string): Promise<unknown> => (await source.client.get(path)).body.data;
    const [shown, listed, told] = [
      await cli.ask('connection', 'show', id),
      await cli.ask('connection', 'list', '--role', 'source', '--status', 'active,pending'),
      await cli.ask('connection', 'history', id),
    ];
    expect(shown).toEqual({ data: await overHttp(`/connect/connections/${id}`) });
    expect(listed).toEqual({ data: await overHttp('/connect/connections'), meta: { next: null } });
    expect(told).toEqual({ data: await overHttp(`/connect/connections/${id}/events`) });
    expect(await cli.ask('connection', 'show', id, '--revision', '0')).toEqual({
      data: await overHttp(`/connect/connections/${id}?revision=0`),
    });
    expect(await cli.ask('connection', 'list', '--role', 'destination')).toEqual({ data: [], meta: { next: null } });
    const activations = await cli.ask('connection', 'history', id, '--event', 'ConnectionActivated');
    expect(activations.data.map((event: { id: string }) => event.id)).toEqual([`${id}@1`]);
  });

  it('tells people the same', async () => {
    const { id, source, destination } = pair;
    const cli = cliOf(source);
    const shown = await cli.run('connection', 'show', id);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(new RegExp(`^Connection +${id}$`, 'm'));
    expect(shown.stdout).toMatch(new RegExp(`^Destination +${destination.id} \\(Destination\\)$`, 'm'));
    expect(shown.stdout).toMatch(/^Your part +source\nYou may +deactivate$/m);
    const { stdout: listed } = await cli.run('connection', 'list');
    expect(listed.split('\n').map((line) => line.split(/ +/)[0])).toEqual(['CONNECTION', id, '']);
    const { stdout: told } = await cli.run('connection', 'history', id);
    expect(told).toMatch(/^1 +Destination \(destination\) activated the connection with key api_/m);
  });

  it('goes on behind what it has listed, however many it is asked for at once', async () => {
    const source = await newOrganization(platform, 'Many');
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      const destination = await newOrganization(platform, `Destination ${number}`);
      ids.unshift((await source.client.installed.connections.create({ destinationOrganizationId: destination.id })).id);
    }
    const cli = cliOf(source);
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page = await cli.ask('connection', 'list', '--limit', '2', ...(next === null ? [] : ['--after', next]));
      seen.push(...page.data.map(({ id }: { id: string }) => id));
      next = page.meta.next as string | null;
    } while (next !== null);
    expect(seen).toEqual(ids);
    const { stdout } = await cli.run('connection', 'list', '--limit', '3');
    expect(stdout).toMatch(/^There are more: add --after \S+$/m);
  });

  it('asks whether data may be shared, and ends with 0 for yes alone', async () => {
    const yes = await check(cliOf(pair.source), pair);
    expect(yes).toMatchObject({ exitCode: 0, stderr: '' });
    expect(yes.stdout).toMatch(/^Allowed +yes\nWhy +All of this may be shared\.$/m);
    expect(yes.stdout).toMatch(new RegExp(`^Decided by +${pair.id}@1$`, 'm'));
    const then = await check(cliOf(pair.source), pair, '--revision', '0', '--json');
    expect(then).toMatchObject({ exitCode: 1, json: { data: { attributes: { allowed: false, reason: 'pending' } } } });
    expect(then.json).toEqual({
      data: (
        await pair.source.client.post('/connect/share-checks', {
          body: {
            data: {
              attributes: {
                'source-organization-id': pair.source.id,
                'destination-organization-id': pair.destination.id,
                ...{ scopes: ['inquiry.read'], revision: 0 },
              },
            },
          },
        })
      ).body.data,
    });
    const without = await newPair(platform);
    const no = await check(cliOf(without.source), without);
    expect(no).toMatchObject({ exitCode: 1, stderr: '' });
    expect(no.stdout).toMatch(/^Allowed +no\nWhy +There is no connection; the source may create one\.\n/);
    expect(no.stdout).toMatch(/^Refused +inquiry\.read\nNext step +create, by the source$/m);
  });

  it('is told where the service is, and the key, by options as well, which come before the environment', async () => {
    const cli = cliWith({ CONNECT_URL: 'http://127.0.0.1:1', CONNECT_KEY: 'cx_1_1' });
    const { url } = service.demo;
    const shown = await cli.ask('connection', 'show', pair.id, '--url', url, '--key', pair.source.key);
    expect(shown.data.id).toBe(pair.id);
  });

  it('says in one line what the service said to what it cannot answer, or that it cannot be reached', async () => {
    const stranger = await newOrganization(platform, 'Stranger');
    const failure = async (cli: CommandLine, ...args: string[]): Promise<unknown> => {
      const { exitCode, stdout, stderr } = await cli.run(...args, '--json');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      const { errors } = JSON.parse(stderr) as { errors: { code: string; details: string }[] };
      expect(errors[0]?.details).not.toContain('\n');
      return errors[0]?.code;
    };
    expect(await failure(cliOf(stranger), 'connection', 'show', pair.id)).toBe('not-found');
    expect(await failure(cliOf({ key: 'cx_1_1' }), 'connection', 'list')).toBe('unauthenticated');
    const scopes = ['--scopes', 'no.such'];
    const { source, destination } = pair;
    expect(await failure(cliOf(source), 'share-check', source.id, destination.id, ...scopes)).toBe('unknown-scope');
    const nobody = cliWith({ CONNECT_URL: 'http://127.0.0.1:1', CONNECT_KEY: source.key });
    const ended = await nobody.run('connection', 'list');
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^http:\/\/127\.0\.0\.1:1 could not be reached: .+\n$/);
  });

  it('never repeats a key, also where it is none', async () => {
    const key = 'cx_1_secret and more';
    const { exitCode, stderr } = await cliOf({ key }).run('connection', 'list');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^The key must be an API key/);
    expect(stderr).not.toContain('secret');
  });
});
