import { spawnSync, type StdioOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectionIdOf, streamOf } from '@connections/connection/connection-id';
import { encode } from '@connections/connection/stored-events';
import { chained } from '@connections/event-store/hash-chain';
import type { EventStore } from '@connections/event-store/event-store';
import { closeStores } from '@connections/host/stores';
import { Browser, signedIn } from '../support/browser';
import { COMMAND_LINE } from '../support/built';
import { Client, type HistoryEntry, newConnection, newOrganization } from '../support/client';
import { CommandLine } from '../support/command-line';
import { itWithItsOwnLog, placesOf, storesOf } from '../support/servers';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

/** Takes nothing that is written to it; not every system has it. */
const FULL = '/dev/full';

const folder = temporaryFolder();
const dataFolder = (name: string): string => join(folder.path, name);
afterAll(() => folder.remove());

describe('the command line beside a running service', () => {
  const cli = new CommandLine(dataFolder('running'));
  let service: RunningService;
  let firstKey: string;
  let platform: Client;

  beforeAll(async () => {
    // Before the service ever ran: that is how an installation gets its first key.
    const first = await cli.ask('api-key', 'create', '--role', 'platform-admin', '--name', 'Operations');
    firstKey = first.data.attributes.key;
    service = await startService(cli.dataDir);
    platform = new Client(service.demo.url, firstKey);
  });
  afterAll(() => service.stop());

  it('makes the first platform key, which the service then accepts', async () => {
    const made = await newOrganization(platform, 'Made with the first key');
    expect(made.id).toMatch(/^org_/);
    const keys = await cli.ask('api-key', 'list', '--limit', '100');
    expect(keys.data.at(-1).attributes).toMatchObject({ role: 'platform-admin', name: 'Operations' });
    expect(JSON.stringify(keys)).not.toContain(firstKey.split('_')[2]);
  });

  (existsSync(FULL) ? it : it.skip)('says that an answer could not be shown, and what that means', async () => {
    const many = async (): Promise<number> => (await cli.ask('api-key', 'list', '--limit', '1000')).data.length;
    const before = await many();
    const env = { ...process.env, ...(await placesOf(cli.dataDir)), DATA_DIR: cli.dataDir };
    const args = ['api-key', 'create', '--role', 'platform-auditor', '--name', 'Lost'];
    for (const more of [[], ['--json']]) {
      const full = openSync(FULL, 'w');
      const stdio: StdioOptions = ['ignore', full, 'pipe'];
      const { status, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...args, ...more], {
        env,
        stdio,
        encoding: 'utf8',
      });
      closeSync(full);
      const details = /its answer could not be written: ENOSPC.*made a key or an invitation, revoke that/;
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(details) });
      if (more.length > 0) expect(JSON.parse(stderr)).toMatchObject({ errors: [{ code: 'answer-lost' }] });
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(await many()).toBe(before + 2);
  });

  it('shows a key once, on standard output, and says that it will not be shown again', async () => {
    const { exitCode, stdout, stderr } = await cli.run(
      'api-key',
      'create',
      '--role',
      'platform-auditor',
      '--name',
      'A',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Key +cx_[0-9A-Za-z]+_[0-9A-Za-z]+$/m);
    expect(stdout).toMatch(/will not be shown again\.\n$/);
  });

  it('makes organizations and keys that take part at once', async () => {
    const { data: acme } = await cli.ask('organization', 'create', 'Acme by hand');
    const options = [
      '--organization',
      acme.id,
      '--role',
      'admin',
      '--name',
      'Acme',
      '--expires-at',
      '2999-01-01T00:00Z',
    ];
    const { data: apiKey } = await cli.ask('api-key', 'create', ...options);
    expect(apiKey.attributes).toMatchObject({ 'expires-at': '2999-01-01T00:00:00.000Z', 'revoked-at': null });
    const source = new Client(service.demo.url, apiKey.attributes.key);
    const created = await source.create(service.demo.destination['organization-id']);
    expect(created.status).toBe(201);
    expect(created.body.data.attributes).toMatchObject({ 'organization-id': acme.id, 'creator-id': apiKey.id });
    const ofAcme = await cli.ask('connection', 'list', '--organization', acme.id, '--role', 'source');
    expect(ofAcme.data.map((connection: { id: string }) => connection.id)).toEqual([created.body.data.id]);
  });

  it('makes no key for an organization that nobody knows', async () => {
    const options = ['--organization', 'org_NOBODY', '--role', 'member', '--name', 'x', '--json'];
    const { exitCode, stderr } = await cli.run('api-key', 'create', ...options);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr).errors).toMatchObject([{ code: 'unknown-organization' }]);
  });

  it('revokes a key that the service then refuses', async () => {
    const { data } = await cli.ask('api-key', 'create', '--role', 'platform-auditor', '--name', 'Leaving');
    const caller = new Client(service.demo.url, data.attributes.key);
    expect((await caller.get('/organizations')).status).toBe(200);
    const revoked = await cli.ask('api-key', 'revoke', data.id);
    expect(revoked.data.attributes['revoked-at']).not.toBeNull();
    await until('the revoked key is refused', async () => (await caller.get('/organizations')).status === 401);
    expect(await cli.ask('api-key', 'revoke', data.id)).toEqual(revoked);
    const unknown = await cli.run('api-key', 'revoke', 'api_NOBODY');
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('makes a person by a link, which the service then takes', async () => {
    const { url } = service.demo;
    const organization = service.demo.third['organization-id'];
    const options = ['--organization', organization, '--role', 'admin'];
    const { data } = await cli.ask('person', 'create', ' Lin@Example.com ', ...options);
    expect(data).toMatchObject({ type: 'invitations', attributes: { email: 'lin@example.com', role: 'admin' } });
    const [base, token] = data.attributes.link.split('#');
    expect(base).toBe('http://localhost:3000/invitations');
    const browser = new Browser(url);
    const password = 'correct horse battery staple';
    expect((await browser.post('/invitations/accept', { token, name: 'Lin', password })).status).toBe(201);
    const again = await cli.run('person', 'create', 'lin@example.com', ...options);
    expect(again).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('belongs to the organization already'),
    });
    const listed = await cli.ask('person', 'list', '--organization', organization);
    expect(listed.data).toMatchObject([
      { type: 'people', attributes: { email: 'lin@example.com', memberships: [{ role: 'admin' }] } },
    ]);
    const left = await cli.run('person', 'leave', 'lin@example.com', '--organization', organization);
    expect(left).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('at least one admin') });
  });

  it('makes a person at once, who signs in, joins, gets a new password and leaves', async () => {
    const { url, source, destination } = service.demo;
    const person = { email: 'kim@example.com', password: 'a password from a file' };
    const options = [
      '--name',
      'Kim',
      '--organization',
      source['organization-id'],
      '--role',
      'member',
      '--password-stdin',
    ];
    const { data } = await cli.askWith(`${person.password}\n`, 'person', 'create', person.email, ...options);
    expect(JSON.stringify(data)).not.toContain(person.password);
    const browser = await signedIn(url, person);
    const also = ['--organization', destination['organization-id']];
    // Somebody else may have taken the address first.
    const byAddress = await cli.run('person', 'join', person.email, ...also, '--role', 'auditor', '--json');
    expect(JSON.parse(byAddress.stderr.split('\n')[0]!).errors).toMatchObject([
      { code: 'unproven-address', details: expect.stringContaining(`person create ${person.email} ${also.join(' ')}`) },
    ]);
    const joined = await cli.ask('person', 'join', data.id, ...also, '--role', 'auditor');
    expect(joined.data.attributes.memberships.map(({ role }: { role: string }) => role)).toEqual(['member', 'auditor']);
    const left = await cli.ask('person', 'leave', person.email, ...also);
    expect(left.data.attributes.memberships).toEqual(data.attributes.memberships);

    const reset = await cli.ask('person', 'reset-password', person.email);
    const { password } = reset.data.attributes;
    expect(password).toMatch(/^[\w-]{20}$/);
    await until('the session has ended', async () => (await browser.get('/session')).status === 401);
    expect((await new Browser(url).signIn(person)).status).toBe(401);
    await signedIn(url, { ...person, password });
  });

  it('makes no person with what is no password, and none twice', async () => {
    const { source } = service.demo;
    const options = [
      '--name',
      'N',
      '--organization',
      source['organization-id'],
      '--role',
      'member',
      '--password-stdin',
    ];
    const attempt = async (input: string, email: string): Promise<string> => {
      const { ended } = await cli.start(['person', 'create', email, ...options, '--json'], input);
      return JSON.parse((await ended).stderr).errors[0].code;
    };
    expect(await attempt('too short', 'n@example.com')).toBe('invalid-password');
    expect(await attempt('a password from a file', source.person.email)).toBe('account-exists');
    const [none] = (await cli.run('person', 'reset-password', 'usr_NOBODY', '--json')).stderr.split('\n');
    expect(JSON.parse(none!).errors).toMatchObject([{ code: 'not-found' }]);
  });

  it('answers in JSON as the API does', async () => {
    const source = new Client(service.demo.url, service.demo.source.key);
    const destination = new Client(service.demo.url, service.demo.destination.key);
    const { id } = (await source.create(service.demo.destination['organization-id'], { name: 'Same' })).body.data;
    await destination.step(id, 'activate');
    await destination.step(id, 'deactivate', { reason: 'It was\na trial.' });

    const overHttp = (await platform.get(`/connect/connections/${id}`)).body.data;
    const shown = (await cli.ask('connection', 'show', id)).data;
    expect(shown).toEqual({ ...overHttp, meta: { revision: overHttp.meta.revision } });
    const events = (await platform.get(`/connect/connections/${id}/events`)).body.data;
    expect((await cli.ask('connection', 'history', id)).data).toEqual(events);
    const organizations = (await platform.get('/organizations?page[size]=100')).body.data;
    expect((await cli.ask('organization', 'list', '--limit', '100')).data).toEqual(organizations);
    // Asking for them is a use as well.
    const unused = (apiKeys: { attributes: object }[]): object[] =>
      apiKeys.map((it) => ({ ...it, attributes: { ...it.attributes, 'last-used-at': null } }));
    const apiKeys = (await platform.get('/api-keys?page[size]=100')).body.data;
    const listed = (await cli.ask('api-key', 'list', '--limit', '100')).data;
    expect(unused(listed)).toEqual(unused(apiKeys));
    const { stdout } = await cli.run('api-key', 'list', '--limit', '100');
    expect(stdout).toMatch(/LAST USED/);
    expect(stdout).toContain(` ${listed.at(-1).attributes['last-used-at']} `);

    const asOf = events[1].attributes['occurred-at'];
    const then = [
      await cli.ask('connection', 'show', id, '--revision', '1'),
      await cli.ask('connection', 'show', id, '--as-of', asOf),
    ];
    const thenOverHttp = (await platform.get(`/connect/connections/${id}?revision=1`)).body.data;
    expect(then[0].data.attributes).toEqual(thenOverHttp.attributes);
    expect(then[0].data.attributes.status).toBe('active');
    expect(Date.parse(then[1].data.attributes['updated-at'])).toBeLessThanOrEqual(Date.parse(asOf));
    const never = await cli.run('connection', 'show', id, '--revision', '9', '--json');
    expect(never.exitCode).toBe(1);
    expect(JSON.parse(never.stderr).errors).toMatchObject([{ code: 'not-then' }]);

    const history = await cli.run('connection', 'history', id);
    const lines = history.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^REVISION +WHAT HAPPENED$/);
    expect(lines.slice(1)).toEqual(
      events.map(({ attributes }: HistoryEntry) => `${attributes.revision}         ${attributes.summary}`),
    );
    expect(lines[3]).toContain(' deactivated the connection for the reason "It was\\na trial." with key api_');
    expect(history.stdout).not.toContain('\u001b');
  });

  it('tells the part of a history that is asked for, as the API does', async () => {
    const { id, source, destination } = await newConnection(platform, 'inactive');
    const whole = await source.client.history(id);
    const [created, activated, deactivated] = whole;
    const told = async (...filter: string[]): Promise<unknown> =>
      (await cli.ask('connection', 'history', id, ...filter)).data;
    expect(await told('--event', 'ConnectionActivated,ConnectionDeactivated')).toEqual([activated, deactivated]);
    expect(await told('--actor', destination.id)).toEqual([activated]);
    expect(await told('--actor', created!.attributes.actor.id)).toEqual([created, deactivated]);
    expect(await told('--since', '2999-01-01T00:00:00Z')).toEqual([]);
    expect(await told('--until', deactivated!.attributes['occurred-at'], '--event', 'ConnectionCreated')).toEqual([
      created,
    ]);
    const nothing = await cli.run('connection', 'history', id, '--actor', 'org_NOBODY');
    expect(nothing).toMatchObject({ exitCode: 0, stdout: 'Nothing of that kind happened.\n' });
  });

  it('tells what changed between two times, as the API does', async () => {
    const { id, source, destination } = await newConnection(platform, 'inactive');
    const overHttp = (await source.client.get(`/connect/connections/${id}/diff?from=0&to=2`)).body.data;
    expect((await cli.ask('connection', 'diff', id, '--from', '0', '--to', '2')).data).toEqual(overHttp);
    const { stdout } = await cli.run('connection', 'diff', id, '--from', '1970-01-01T00:00:00Z', '--to', '1');
    expect(stdout).toMatch(/^From +before it was created\nTo +revision 1, of \d{4}-/);
    expect(stdout).toMatch(/^ATTRIBUTE +FROM +TO$/m);
    expect(stdout).toMatch(/^status +- +active$/m);
    expect(stdout).toMatch(/^scopes +- +inquiry.read, account.read$/m);
    expect(stdout).toMatch(/^1 +Destination \(destination\) activated the connection with key /m);
    const nothing = await cli.run('connection', 'diff', id, '--from', '2');
    expect(nothing.stdout).toMatch(/\n\nNothing changed\.\n$/);
    const wrong = await cli.run('connection', 'diff', id, '--from', '2', '--to', '1', '--json');
    expect(wrong.exitCode).toBe(1);
    expect(JSON.parse(wrong.stderr).errors).toMatchObject([{ code: 'wrong-order' }]);

    const asOf = (await destination.client.history(id))[1]!.attributes['occurred-at'];
    const then = await cli.ask(
      'connection',
      'list',
      '--organization',
      source.id,
      '--as-of',
      asOf,
      '--status',
      'active',
    );
    expect(then.data.map((connection: { id: string }) => connection.id)).toEqual([id]);
    const now = await cli.ask('connection', 'list', '--organization', source.id, '--status', 'active');
    expect(now.data).toEqual([]);
  });

  it('tells that there is no such connection', async () => {
    for (const command of ['show', 'history']) {
      const { exitCode, stdout, stderr } = await cli.run('connection', command, 'cxn_NOBODY', '--json');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(JSON.parse(stderr).errors).toMatchObject([{ code: 'not-found' }]);
    }
  });

  it('lists connections a page at a time, by status and in full', async () => {
    // Of one organization, since a log that others use as well may hold any number of connections.
    const ofOne = ['connection', 'list', '--organization', service.demo.source['organization-id']];
    const whole = (await cli.ask(...ofOne, '--limit', '1000')).data;
    const paged = [];
    for (let after: string[] = []; ;) {
      const page = await cli.ask(...ofOne, '--limit', '2', ...after);
      paged.push(...page.data);
      if (page.meta.next === null) break;
      after = ['--after', page.meta.next];
    }
    expect(paged).toEqual(whole);
    const statuses = async (...filter: string[]): Promise<string[]> =>
      (await cli.ask(...ofOne, '--limit', '1000', ...filter)).data.map(statusOfConnection);
    expect(await statuses('--status', 'active')).toEqual(
      whole.map(statusOfConnection).filter((s: string) => s === 'active'),
    );
    expect(new Set(await statuses('--status', 'pending,inactive'))).toEqual(new Set(['pending', 'inactive']));
    expect((await cli.run('connection', 'list', '--limit', '1')).stdout).toMatch(
      /There are more: add --after cxn_\w+\n$/,
    );
  });

  it('rebuilds the read model while it is written to: reads are the same, and it goes on from there', async () => {
    const source = await newOrganization(platform, 'Busy');
    const targets: string[] = [];
    for (let made = 0; made < 40; made += 1) targets.push((await newOrganization(platform, `Partner ${made}`)).id);
    await source.client.create(targets.pop()!);
    // Of parties of this test, since in a log that others use as well theirs may be older than the newest hundred.
    const readers = [source.client, new Client(service.demo.url, service.demo.source.key)];
    const listed = async (headers = {}): Promise<{ id: string }[]> => {
      const answers = await Promise.all(readers.map((r) => r.get('/connect/connections?page[size]=100', { headers })));
      return answers.flatMap(({ body }) => body.data as { id: string }[]);
    };
    const before = await listed();

    const rebuilding = await cli.start(['projection', 'rebuild', 'connections']);
    const over = new AbortController();
    void rebuilding.ended.then(() => over.abort());
    const created: string[] = [];
    do {
      const target = targets.pop();
      if (target) created.push((await source.client.create(target)).body.data.id);
      const ids = new Set((await listed()).map(({ id }) => id));
      expect(before.every(({ id }) => ids.has(id))).toBe(true);
    } while (!over.signal.aborted);
    const rebuilt = await rebuilding.ended;
    expect(rebuilt.exitCode).toBe(0);
    expect(rebuilt.stdout).toMatch(/^Rebuilt connections from [\d,]+ events/);
    expect(rebuilt.stderr).toMatch(/: [\d,]+ of [\d,]+ events \(100 %\), [\d,]+\/s\n$/);

    const last = await source.client.create(service.demo.third['organization-id']);
    const after = await listed({ 'connect-position': last.headers.get('connect-position') });
    expect(after.filter(({ id }) => before.some((old) => old.id === id))).toEqual(before);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining([...created, last.body.data.id]));
    await until('the projection has seen the whole log', async () => {
      const [state] = (await cli.ask('projection', 'status')).projections;
      return state.state === 'current' && state.lag === 0 && state.rebuild === null && state.position === state.head;
    });
    expect((await new Client(service.demo.url, null).get('/readyz')).body.projections[0].state).toBe('running');
  });

  it('proves that the read model is what the log says, while it is written to', async () => {
    const source = await newOrganization(platform, 'Proven');
    const verifying = await cli.start(['projection', 'verify', 'connections', '--json']);
    const over = new AbortController();
    void verifying.ended.then(() => over.abort());
    while (!over.signal.aborted) await source.client.create((await newOrganization(platform, 'Partner')).id);
    const { exitCode, json, stderr } = await verifying.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(json.projections).toMatchObject([{ name: 'connections', same: true, differing: 0, differences: [] }]);
    expect(json.projections[0].rows).toBeGreaterThan(0);
    expect((await cli.run('projection', 'verify', 'connections')).stdout).toMatch(
      /^connections: all [\d,]+ rows are what the log says \([\d,]+ events, up to position \d+\)\.\n$/,
    );
  });

  it.each(['rebuild', 'verify'])('knows no other projection to %s', async (command) => {
    const { exitCode, stderr } = await cli.run('projection', command, 'organizations');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^There is no projection organizations\. There is: connections/);
  });

  it('doctor finds everything in order and adds no file', async () => {
    const before = readdirSync(cli.dataDir);
    const { exitCode, json } = await cli.run('doctor', '--full', '--json');
    expect(problemsIn(json)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(readdirSync(cli.dataDir)).toEqual(before);
    const { stdout } = await cli.run('doctor', '--full');
    expect(stdout).toMatch(/^ok +hash-chain +All [\d,]+ events/m);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('an interrupted rebuild', () => {
  itWithItsOwnLog('leaves the table in use unchanged and says so', async () => {
    const cli = new CommandLine(dataFolder('long'));
    await cli.ask('organization', 'create', 'Acme');
    const stores = await storesOf(cli.dataDir);
    await fill(stores.eventStore, 15_000);
    await cli.ask('projection', 'rebuild');
    const before = await cli.ask('connection', 'list');

    const rebuilding = await cli.start(['projection', 'rebuild']);
    const begun = stores.database.reader
      .selectFrom('projections')
      .select('name')
      .where('name', '=', 'connections_next')
      .where('position', '>', '');
    await until('a rebuild is under way', async () => (await begun.execute()).length > 0);
    rebuilding.interrupt();
    const { exitCode, stdout, stderr } = await rebuilding.ended;
    await closeStores(stores);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/The table in use is unchanged; run it again when you like\.\n$/);
    expect(await cli.ask('connection', 'list')).toEqual(before);
    const [state] = (await cli.ask('projection', 'status')).projections;
    expect(state).toMatchObject({ state: 'current', lag: 0, rebuild: null });
  });
});

describe('a read model that somebody wrote to', () => {
  itWithItsOwnLog('is told row by row, and a rebuild mends it', async () => {
    const cli = new CommandLine(dataFolder('forged'));
    await cli.ask('organization', 'create', 'Acme');
    const stores = await storesOf(cli.dataDir);
    await fill(stores.eventStore, 20);
    await cli.ask('projection', 'rebuild');
    const [id] = (await cli.ask('connection', 'list')).data.map((connection: { id: string }) => connection.id);
    await stores.database.writer.updateTable('connections').set({ status: 'active' }).where('id', '=', id).execute();
    await closeStores(stores);

    const { exitCode, json, stderr } = await cli.run('projection', 'verify', 'connections', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const columns = [{ column: 'status', live: 'active', replayed: 'pending' }];
    expect(json.projections).toMatchObject([
      { same: false, rows: 20, differing: 1, missing: 0, surplus: 0, differences: [{ key: { id }, columns }] },
    ]);
    const { stdout } = await cli.run('projection', 'verify', 'connections');
    expect(stdout).toMatch(/\(20 rows from 20 events, up to position \d+\): 1 differing, 0 missing, 0 too many\.\n/);
    expect(stdout).toMatch(new RegExp(`^${id} +differs +status +active +pending$`, 'm'));

    await cli.ask('projection', 'rebuild');
    expect((await cli.run('projection', 'verify')).exitCode).toBe(0);
  });
});

describe('an interrupted verification', () => {
  itWithItsOwnLog('leaves nothing behind and says so', async () => {
    const temporary = dataFolder('temporary');
    mkdirSync(temporary);
    const dataDir = dataFolder('long to verify');
    const cli = new CommandLine(dataDir, { ...(await placesOf(dataDir)), TMPDIR: temporary });
    await cli.ask('organization', 'create', 'Acme');
    const stores = await storesOf(dataDir);
    await fill(stores.eventStore, 15_000);
    await closeStores(stores);
    await cli.ask('projection', 'rebuild');
    const verifying = await cli.start(['projection', 'verify']);
    await until('a verification is under way', () => readdirSync(temporary).length > 0);
    verifying.interrupt();
    const { exitCode, stdout, stderr } = await verifying.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/was interrupted\. Nothing was changed; run it again when you like\.\n$/);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

const problemsIn = (document: { checks: { name: string; status: string }[] }): string[] =>
  document.checks.filter((check) => check.status === 'problem').map((check) => check.name);

const statusOfConnection = (connection: { attributes: { status: string } }): string => connection.attributes.status;

const AT_ONCE = 1_000;

/** Fills a log, which has to be the test's own, with connections that were just created. */
async function fill(store: EventStore, connections: number): Promise<void> {
  const actor = { type: 'api-key', id: 'api_A', organizationId: 'org_A', role: 'source' } as const;
  const provenance = { requestId: 'r', correlationId: 'r', causationId: 'r', idempotencyKey: null };
  const append = async (number: number): Promise<void> => {
    const destinationOrganizationId = `org_B${number}`;
    const connectionId = connectionIdOf('org_A', destinationOrganizationId);
    const created = encode(
      {
        type: 'ConnectionCreated',
        connectionId,
        sourceOrganizationId: 'org_A',
        destinationOrganizationId,
        name: null,
        scopes: ['inquiry.read'],
        actor,
        occurredAt: '2026-06-01T00:00:00.000Z',
      },
      randomUUID(),
      provenance,
    );
    const stream = streamOf(connectionId);
    await store.append(stream, -1, [chained(created, stream, 0, null)]);
  };
  // As many at once as any store takes.
  for (let first = 0; first < connections; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, connections - first) }, (_, n) => append(first + n)));
  }
}
