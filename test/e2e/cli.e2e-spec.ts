import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../support/command-line';
import { itWithItsOwnLog, placesOf } from '../support/servers';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const dataFolder = (name: string): string => join(folder.path, name);
afterAll(() => folder.remove());

describe('the command line where nothing is stored', () => {
  const nowhere = new CommandLine(dataFolder('nowhere'));

  it.each([
    ['organization list'],
    ['api-key list'],
    ['api-key revoke api_ABC123'],
    ['api-key create --organization org_ABC123 --role admin --name Acme'],
    ['person list'],
    ['connection list'],
    ['connection show cxn_ABC123'],
    ['connection history cxn_ABC123'],
    ['projection status'],
    ['projection rebuild'],
  ])('%s says so in one line and makes nothing', async (line) => {
    const [told, inJson] = await Promise.all([
      nowhere.run(...line.split(' ')),
      nowhere.run(...line.split(' '), '--json'),
    ]);
    expect(told).toMatchObject({ exitCode: 1, stdout: '' });
    expect(told.stderr).toMatch(/^There is no data (in \S+nowhere|yet in \S+)\. .+\n$/);
    expect(inJson).toMatchObject({ exitCode: 1, stdout: '' });
    expect(JSON.parse(inJson.stderr)).toEqual({ errors: [{ code: 'no-data', details: told.stderr.trimEnd() }] });
    expect(existsSync(nowhere.dataDir)).toBe(false);
  });

  itWithItsOwnLog('doctor says so, finds nothing wrong with it and makes nothing', async () => {
    const { exitCode, json } = await nowhere.run('doctor', '--json');
    expect(exitCode).toBe(0);
    expect(json.status).toBe('warning');
    const empty = (await placesOf(nowhere.dataDir)).DATABASE_URL === undefined ? 'data-folder' : 'database-server';
    expect(statusOf(json, empty)).toBe('warning');
    expect(existsSync(nowhere.dataDir)).toBe(false);
  });

  itWithItsOwnLog(
    'a creating command makes the data folder, and reading ones then say what is still missing',
    async () => {
      const fresh = new CommandLine(dataFolder('fresh'));
      const created = await fresh.ask('organization', 'create', '  Acme  ');
      expect(created.data).toMatchObject({ type: 'organizations', attributes: { name: 'Acme' } });
      expect((await fresh.ask('organization', 'list')).data).toEqual([created.data]);
      const early = await fresh.run('connection', 'list');
      expect(early).toMatchObject({ exitCode: 1, stdout: '' });
      expect(early.stderr).toContain('projection rebuild');
      await fresh.ask('projection', 'rebuild');
      expect(await fresh.ask('connection', 'list')).toEqual({ data: [], meta: { next: null } });
    },
  );
});

describe('the command line called wrongly', () => {
  const cli = new CommandLine(dataFolder('wrongly'));

  it.each([
    ['', 'A command is needed'],
    ['conection list', 'Did you mean connection'],
    ['connection', 'A command is needed'],
    ['connection show', 'missing required argument'],
    ['connection show org_ABC', 'cxn_ABC123'],
    ['connection show cxn_ABC --revision -1', 'unknown option|argument'],
    ['connection show cxn_ABC --revision 1.5', 'whole number'],
    ['connection show cxn_ABC --as-of 2026-02-30T00:00:00Z', 'ISO 8601'],
    ['connection show cxn_ABC --as-of 2026-06-01T00:00:00Z --revision 1', 'cannot be used with'],
    ['connection history cxn_ABC --event ConnectionDeleted', 'list of ConnectionCreated, '],
    ['connection history cxn_ABC --actor somebody', 'api_ABC123 or org_DEF456'],
    ['connection history cxn_ABC --since yesterday', 'ISO 8601'],
    ['connection diff cxn_ABC', '--from'],
    ['connection diff cxn_ABC --from yesterday', 'revision, such as 0, or a moment'],
    ['connection diff cxn_ABC --from 0 --to 2999-01-01T00:00:00Z', 'future'],
    ['connection list --as-of 2999-01-01T00:00:00Z', 'future'],
    ['connection list --limit 0', '1 to 1000'],
    ['connection list --status ended', 'pending, active, inactive'],
    ['connection list --role source', 'needs --organization'],
    ['connection list --colour', 'unknown option'],
    ['connection list --after somewhere', 'cxn_ABC123'],
    ['connection list --url 127.0.0.1:3000 --key cx_1', 'where the service is'],
    ['connection list --url http://me:secret@127.0.0.1 --key cx_1', 'has no place in it'],
    ['connection list --url http://127.0.0.1:1', 'API key: --key'],
    ['connection list --key cx_1', 'needs --url'],
    ['connection list --organization org_A --url http://127.0.0.1:1 --key cx_1', 'goes by the key'],
    ['share-check org_A', '--scopes <scopes>'],
    ['share-check org_A org_B', '--scopes'],
    ['share-check org_A org_B --scopes inquiry.read', 'give --url'],
    ['share-check org_A org_B --scopes inquiry.read,', 'list of scopes'],
    ['share-check org_A cxn_B --scopes inquiry.read', 'org_DEF456'],
    ['organization create', 'missing required argument'],
    ['organization create One Two', 'too many arguments'],
    ['organization create \t', '1 to 200 characters'],
    ['organization create a\u0007b', 'control characters'],
    ['organization create \u202eb', 'U\\+202E, which turns'],
    ['api-key create --role platform-admin --name \u200b', 'that can be seen'],
    ['person create ada --organization org_ABC123 --role admin', 'e-mail address, such as'],
    ['person create ada@localhost --organization org_ABC123 --role admin', "sign in with 'ada@localhost'. It must be"],
    ['person create ada@\u202eexample.com --organization org_ABC123 --role admin', 'e-mail address, such as'],
    ['person create ada@example.com --organization org_ABC123 --role platform-admin', 'member, auditor, admin'],
    ['person create ada@example.com --organization org_ABC123 --role admin --name Ada', 'go together'],
    ['person leave somebody --organization org_ABC123', 'usr_ABC123'],
    ['api-key create --name Ops', '--role'],
    ['api-key create --role member --name Ops', 'needs --organization'],
    ['api-key create --role platform-admin --organization org_A --name Ops', 'leave --organization out'],
    ['api-key create --role chief --name Ops', 'Allowed choices'],
    ['api-key create --role platform-admin --name Ops --expires-at tomorrow', 'ISO 8601'],
    ['api-key create --role platform-admin --name Ops --expires-at 2001-01-01T00:00:00Z', 'future'],
    ['api-key revoke cxn_ABC', 'api_ABC123'],
    ['projection rebuild a b', 'too many arguments'],
    ['connection list --limit 1 --limit 2', '--limit is given twice'],
    ['audit verify --state a --state a', '--state is given twice'],
    ['api-key create --role platform-auditor --role platform-admin --name X', '--role is given twice'],
    ['export all --format csv --format ndjson', '--format is given twice'],
    ['export -', 'Name one'],
    ['audit verify --state=', 'It is empty'],
  ])('"%s" ends with exit code 2 and says what is wrong', async (line, said) => {
    const args = line === '' ? [] : line.split(' ');
    const inJson = await cli.run(...args, '--json');
    expect(inJson).toMatchObject({ exitCode: 2, stdout: '' });
    const { errors } = JSON.parse(inJson.stderr);
    expect(errors).toMatchObject([{ code: 'wrong-usage' }]);
    expect(errors[0].details).toMatch(new RegExp(said, 'i'));
    expect(errors[0].details).not.toContain('\n');
    expect(existsSync(cli.dataDir)).toBe(false);
  });

  it('repeats nothing that would colour the screen', async () => {
    const { stderr } = await cli.run('organization', 'create', '--\u001b[31m\u009b1m\u202e');
    expect(stderr).toContain('\\u{1b}[31m\\u{9b}1m\\u{202e}');
  });

  it('says it in one line for people', async () => {
    const { exitCode, stdout, stderr } = await cli.run('connection', 'list', '--limit', 'many');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+1 to 1000\. Try --help\.\n$/);
  });

  it.each([
    [''],
    ['organization'],
    ['organization create'],
    ['organization list'],
    ['api-key'],
    ['api-key create'],
    ['api-key list'],
    ['api-key revoke'],
    ['connection'],
    ['connection list'],
    ['connection show'],
    ['connection history'],
    ['connection diff'],
    ['share-check'],
    ['projection'],
    ['projection status'],
    ['projection rebuild'],
    ['doctor'],
  ])('"%s" has a help page with an example', async (command) => {
    const help = await cli.run(...command.split(' ').filter(Boolean), '--help');
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: npm run -s cli -- /);
    expect(help.stdout).toMatch(new RegExp(`^  npm run -s cli -- ${command}`, 'm'));
    expect(help.stdout).toContain('--json');
  });

  it('names every problem of the configuration', async () => {
    const wrong = { ...process.env, DATA_DIR: cli.dataDir, PORT: 'x', LOG_LEVEL: 'loud' };
    const before = process.env;
    process.env = wrong;
    const [listed, examined] = await Promise.all([
      cli.run('organization', 'list', '--json'),
      cli.run('doctor', '--json'),
    ]).finally(() => (process.env = before));
    expect(listed.exitCode).toBe(1);
    const [error] = JSON.parse(listed.stderr).errors;
    expect(error).toMatchObject({ code: 'invalid-configuration' });
    expect(error.details).toContain('PORT must');
    expect(error.details).toContain('LOG_LEVEL must');
    expect(examined.exitCode).toBe(1);
    const named = examined.json.checks.filter((check: { name: string }) => check.name === 'configuration');
    expect(named).toHaveLength(2);
  });
});

const statusOf = (document: { checks: { name: string; status: string }[] }, name: string): string | undefined =>
  document.checks.find((check) => check.name === name)?.status;
