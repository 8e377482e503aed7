import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder';

const root = join(__dirname, '..', '..', '..');
const configuration = join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(__filename)(configuration) as { forbidden: { name: string }[] };

/** For each rule, files that break it, and their imports. The first file is the one to be reported. */
const breaches: Record<string, Record<string, string[]>> = {
  'no-cycles': {
    'libs/directory/src/one.ts': ['./other'],
    'libs/directory/src/other.ts': ['./one'],
  },
  'domain-is-pure': {
    'libs/connection/src/domain/impure.ts': ['node:crypto'],
  },
  'infrastructure-knows-no-connections': {
    'libs/event-store/src/projector.ts': ['../../connection/src/rows'],
    'libs/connection/src/rows.ts': [],
  },
  'database-is-at-the-bottom': {
    'libs/database/src/migrate.ts': ['../../event-store/src/event-store'],
  },
  'connection-knows-no-directory': {
    'libs/connection/src/terms.ts': ['../../directory/src/organizations'],
  },
  'audit-knows-no-stores': {
    'libs/audit/src/careless.ts': ['../../directory/src/organizations'],
  },
  'nothing-needs-the-audit': {
    'libs/connection/src/careless.ts': ['../../audit/src/merkle-tree'],
    'libs/audit/src/merkle-tree.ts': [],
  },
  'notifications-know-no-stores': {
    'libs/notifications/src/careless.ts': ['../../directory/src/organizations'],
  },
  'nothing-needs-the-notifications': {
    'libs/connection/src/talkative.ts': ['../../notifications/src/feed'],
    'libs/notifications/src/feed.ts': [],
  },
  'dashboard-knows-the-contract-alone': {
    'apps/dashboard/src/careless.ts': ['../../../libs/connection/src/log'],
  },
  'client-by-its-face': {
    'apps/cli/src/careless.ts': ['../../../libs/client/src/transport'],
    'libs/client/src/transport.ts': [],
  },
  'client-depends-on-nothing': {
    'libs/client/src/careless.ts': ['node:crypto'],
  },
  'libs-know-no-apps': {
    'libs/host/src/careless.ts': ['../../../apps/api/src/log'],
    'apps/api/src/log.ts': [],
  },
  'apps-stand-alone': {
    'apps/cli/src/main.ts': ['../../api/src/log'],
  },
  'adapters-are-named-once': {
    'apps/api/src/careless.ts': ['../../../libs/event-store/src/sqlite/store'],
  },
  'sqlite-driver-in-two-places': {
    'libs/directory/src/keys.ts': ['better-sqlite3'],
  },
  'postgres-driver-in-one-place': {
    'libs/directory/src/rows.ts': ['pg'],
  },
  'eventstoredb-client-in-one-place': {
    'libs/connection/src/client.ts': ['@eventstore/db-client'],
  },
  'passwords-in-one-place': {
    'libs/directory/src/hasty.ts': ['argon2'],
  },
  'openid-client-in-one-place': {
    'apps/api/src/hasty.ts': ['openid-client'],
  },
  'product-knows-no-tests': {
    'libs/event-store/src/careless.ts': ['./testing/contract'],
  },
};

/** Permitted imports that are close to forbidden ones: a careless rule would refuse them as well. */
const allowed: Record<string, string[]> = {
  'apps/api/src/service.ts': ['../../../libs/host/src/stores', '../../../libs/connection/src/log'],
  'libs/host/src/stores.ts': ['../../event-store/src/sqlite/store', '../../directory/src/organizations'],
  'libs/connection/src/log.ts': ['./domain/connection', '../../event-store/src/event-store', 'node:crypto'],
  'libs/connection/src/domain/connection.ts': ['./lifecycle'],
  'libs/connection/src/domain/lifecycle.ts': [],
  'libs/connection/src/domain/connection.spec.ts': ['./connection', 'fast-check'],
  'libs/event-store/src/event-store.ts': [],
  'libs/event-store/src/event-store.int-spec.ts': ['./testing/contract', './sqlite/store', 'better-sqlite3'],
  'libs/event-store/src/testing/contract.ts': ['../event-store', '../sqlite/store'],
  'libs/event-store/src/sqlite/store.ts': ['../event-store', 'better-sqlite3'],
  'libs/event-store/src/eventstoredb/store.ts': ['../event-store', '@eventstore/db-client'],
  'libs/directory/src/organizations.ts': [],
  'libs/directory/src/passwords.ts': ['argon2'],
  'libs/directory/src/people.int-spec.ts': ['./passwords', 'argon2'],
  'apps/api/src/people/single-sign-on.ts': ['openid-client'],
  'libs/audit/src/export.ts': ['./merkle-tree', '../../connection/src/log', '../../event-store/src/event-store'],
  'libs/notifications/src/watch.ts': ['./feed', '../../connection/src/log', '../../event-store/src/event-store'],
  'apps/dashboard/src/page.ts': [
    '../../../libs/connection/src/domain/lifecycle',
    '../../../libs/client/src/generated',
    '../../../libs/directory/src/roles',
  ],
  'libs/client/src/generated.ts': [],
  'libs/directory/src/roles.ts': [],
  'libs/client/src/client.ts': ['./pages'],
  'libs/client/src/client.int-spec.ts': ['./client', 'node:http'],
  'libs/client/src/pages.ts': [],
  'libs/client/src/index.ts': ['./client'],
  'apps/cli/src/over-http.ts': ['../../../libs/client/src/index'],
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import rules', () => {
  let house: TemporaryFolder;
  let violations: readonly Violation[];
  beforeAll(async () => {
    house = temporaryFolder();
    symlinkSync(join(root, 'node_modules'), join(house.path, 'node_modules'));
    writeFileSync(join(house.path, 'tsconfig.json'), '{}');
    for (const [path, imports] of [allowed, ...Object.values(breaches)].flatMap(Object.entries<string[]>)) {
      mkdirSync(join(house.path, dirname(path)), { recursive: true });
      const lines = imports.map((from, index) => `import * as i${index} from '${from}';`);
      const exported = `export { ${imports.map((_, index) => `i${index}`).join()} };`;
      writeFileSync(join(house.path, path), [...lines, exported].join('\n'));
    }
    const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
    const args = [program, '--config', configuration, '--output-type', 'json', 'apps', 'libs'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: house.path }).catch(
      // Its exit code is the number of violations.
      (error: unknown) => error as { stdout: string },
    );
    ({ violations } = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary);
  });
  afterAll(() => house.remove());

  it('are each shown to catch what they should', () =>
    expect(Object.keys(breaches).sort()).toEqual(forbidden.map(({ name }) => name).sort()));

  it.each(Object.keys(breaches))('catch what breaks %s, and call it by no other name', (name) => {
    const [culprit] = Object.keys(breaches[name] ?? {});
    const caught = violations.filter(({ from }) => from === culprit).map(({ rule }) => rule.name);
    expect(new Set(caught)).toEqual(new Set([name]));
  });

  it('let everything else pass', () => {
    const culprits = Object.values(breaches).flatMap(Object.keys);
    expect(violations.filter(({ from }) => !culprits.includes(from))).toEqual([]);
  });
});

describe('beside the sources', () => {
  it('lies no compiled file, which the tests would run instead of the source', () => {
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    );
    expect(sources.length).toBeGreaterThan(50);
    const compiled = /\/src\/.*\.(js|js\.map|d\.ts)$/;
    expect(sources.filter((path) => compiled.test(path) && !path.includes('node_modules'))).toEqual([]);
  });
});
