import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import { Configuration, configurationFrom } from '@connections/host/configuration';
import { composeFile, composeText, type ComposeService, interpolated, interpolationsOf } from './compose-file';
import { inImage } from './dockerfile';
import { manifest, read, root } from './repository';

const { services, networks, volumes, configs } = composeFile;
const named = Object.entries(services);
const longRunning = named.filter(([, { restart }]) => restart !== 'no');
const instances = named.filter(([, { image }]) => image.startsWith('connections:'));
const eventStores = Object.keys(services).filter((name) => name.startsWith('eventstore-'));

/** The names of the services of which something does not hold. */
const where = (entries: readonly [string, ComposeService][], holds: (service: ComposeService) => boolean): string[] =>
  entries.filter(([, service]) => !holds(service)).map(([name]) => name);

describe('the compose file', () => {
  it('fits the schema of the Compose Specification', () => {
    // The schema names its draft by an address that is not the draft's own.
    const { $schema: _, ...schema } = JSON.parse(read('test/deployment/compose-spec/compose-spec.json')) as object & {
      $schema: string;
    };
    const ajv = new Ajv({ allErrors: true, strict: false });
    ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
    const validate = ajv.compile(schema);
    validate(composeFile);
    expect(validate.errors).toBeNull();
  });

  it('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const uses = (of: (service: ComposeService) => readonly string[]): string[] =>
      [...new Set(Object.values(services).flatMap(of))].sort();
    const declared = (part: object): string[] => Object.keys(part).sort();
    const dependencies = uses(({ depends_on }) => Object.keys(depends_on ?? {}));
    expect(declared(services)).toEqual(expect.arrayContaining(dependencies));
    expect(uses(({ networks: joined }) => joined ?? [])).toEqual(declared(networks));
    expect(uses((service) => mountsOf(service).map(({ source }) => source))).toEqual(declared(volumes));
    expect(uses((service) => (service.configs ?? []).map(({ source }) => source))).toEqual(declared(configs));
  });

  it('waits for what can be waited for', () => {
    const conditions = named.flatMap(([, { depends_on }]) => Object.entries(depends_on ?? {}));
    const cannot = conditions.filter(([name, { condition }]) => {
      const target = services[name];
      return condition === 'service_healthy'
        ? target?.healthcheck === undefined
        : condition !== 'service_completed_successfully' || target?.restart !== 'no';
    });
    expect(cannot).toEqual([]);
  });

  // Compose copies inline content into the container, which it refuses to do where the file system is read-only.
  it('takes its configs from files that are there', () => {
    const paths = Object.values(configs).map(({ file }) => file);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names one version of every image', () => {
    const tags = named.map(([name, { image }]) => [name, interpolated(image).split(':')[1]] as const);
    expect(tags.filter(([, tag]) => tag === undefined || !/^\d+\.\d+/.test(tag))).toEqual([]);
  });
});

describe('the secrets of a deployment', () => {
  const isSecret = (name: string): boolean => /PASSWORD|SECRET|TOKEN|KEY$/.test(name);

  it('have no default, and say what to do where they are missing', () => {
    const secrets = interpolationsOf(composeText).filter(({ name }) => isSecret(name));
    expect([...new Set(secrets.map(({ name }) => name))].sort()).toEqual([
      'EVENTSTORE_ADMIN_PASSWORD',
      'EVENTSTORE_OPS_PASSWORD',
      'POSTGRES_PASSWORD',
    ]);
    expect(secrets.filter(({ operator, text }) => operator !== ':?' || text.trim() === '')).toEqual([]);
  });

  it('are written out nowhere', () => {
    const values = named.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
    // What has no value is taken from where compose is called.
    const written = values.filter(
      ([name, value]) => isSecret(name) && value !== null && !/^\$\{\w+:\?[^}]+\}$/.test(value),
    );
    const inUrls = values.filter(([, value]) =>
      /:\/\/[^/@:]*:[^@]+@/.test(value?.replaceAll(/\$\{\w+:\?[^}]+\}/g, '') ?? ''),
    );
    expect([...written, ...inUrls]).toEqual([]);
  });

  it('are each described where the deployment is', () => {
    const page = read('docs/operations.md');
    const names = new Set(interpolationsOf(composeText).map(({ name }) => name));
    expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('what keeps running', () => {
  it('is started again, watched and limited', () => {
    expect(where(longRunning, ({ restart }) => restart === 'unless-stopped')).toEqual([]);
    expect(where(longRunning, ({ healthcheck }) => healthcheck?.test[0] === 'CMD')).toEqual([]);
    expect(where(longRunning, ({ stop_grace_period }) => stop_grace_period !== undefined)).toEqual([]);
    expect(where(named, ({ deploy }) => /^\d+[mg]$/.test(deploy?.resources.limits.memory ?? ''))).toEqual([]);
  });

  it('gains no rights', () => {
    expect(where(named, ({ security_opt }) => security_opt?.includes('no-new-privileges:true') === true)).toEqual([]);
  });

  it('is reached from outside through the proxy alone, and from this machine unless said otherwise', () => {
    const published = named.flatMap(([name, { ports }]) => (ports ?? []).map((port) => [name, interpolated(port)]));
    expect(published).toEqual([['proxy', '127.0.0.1:3000:8080']]);
    const open = Object.entries(networks).filter(([, network]) => network?.internal !== true);
    expect(open.map(([name]) => name)).toEqual(['public']);
    expect(where(named, (service) => service === services['proxy'] || !service.networks?.includes('public'))).toEqual(
      [],
    );
  });
});

describe('the instances of the service', () => {
  it('are several of one image, of this version, that one of them builds', () => {
    expect(instances.map(([name]) => name)).toEqual(['api-1', 'api-2']);
    expect(instances.map(([, { image }]) => interpolated(image))).toEqual(
      instances.map(() => `connections:${manifest.version}`),
    );
    expect(instances.map(([, { build }]) => build)).toEqual(['.', undefined]);
  });

  it('run as nobody of consequence, on a file system that they cannot write to', () => {
    expect(where(instances, ({ user }) => user === 'node')).toEqual([]);
    expect(where(instances, ({ read_only }) => read_only === true)).toEqual([]);
    expect(where(instances, ({ cap_drop }) => cap_drop?.join() === 'ALL')).toEqual([]);
  });

  it.each(instances)('can be given every setting: %s', (_, { environment = {} }) => {
    // The folder belongs to the embedded store, which is not used here.
    const { DATA_DIR: _folder, ...settings } = new Configuration();
    const stores = ['EVENTSTORE_URL', 'DATABASE_URL'];
    expect(Object.keys(environment).sort()).toEqual([...new Set([...Object.keys(settings), ...stores])].sort());
  });

  it.each(instances)('are given settings that hold: %s', (_, { environment = {} }) => {
    const given = Object.entries(environment).flatMap(([name, value]) =>
      value === null ? [] : [[name, interpolated(value)]],
    );
    expect(configurationFrom(Object.fromEntries(given))).toMatchObject({ HOST: '0.0.0.0', PORT: 3000 });
  });

  it('sign by one key and bring checkpoints to one folder, on volumes that belong to their user', () => {
    const owned = inImage('RUN')[0]?.text ?? '';
    const places = instances.map(([, service]) => {
      const { AUDIT_KEY_FILE: key = null, AUDIT_CHECKPOINT_FOLDER: folder = null } = service.environment ?? {};
      const mounts = mountsOf(service).filter(({ target }) => target === dirname(key ?? '') || target === folder);
      expect(mounts.filter(({ target }) => !owned.split(' ').includes(target))).toEqual([]);
      return mounts.map(({ source }) => source);
    });
    expect(places).toEqual(instances.map(() => ['signing-keys', 'checkpoints']));
  });

  it.each(instances)('keep to the stores of this file: %s', (_, service) => {
    const url = (name: string): URL => new URL(interpolated(service.environment?.[name] ?? ''));
    const database = url('DATABASE_URL');
    const { POSTGRES_USER, POSTGRES_DB } = services['postgres']?.environment ?? {};
    expect(database.host).toBe('postgres:5432');
    expect([database.username, database.pathname]).toEqual([POSTGRES_USER, `/${POSTGRES_DB}`]);
    const [, hosts, query] = /@([^/?]+)\?(.+)$/.exec(service.environment?.['EVENTSTORE_URL'] ?? '') ?? [];
    expect(hosts?.split(',')).toEqual(eventStores.map((name) => `${name}:2113`));
    const parameters = new URLSearchParams(query);
    expect(parameters.get('tls')).toBe('true');
    const trusted = mountsOf(service).find(({ source }) => source === 'trusted-certificates');
    expect(parameters.get('tlsCAFile')).toBe(`${trusted?.target}/ca.crt`);
  });
});

describe('the event store', () => {
  it('has three nodes that know one another', () => {
    expect(eventStores).toEqual(['eventstore-1', 'eventstore-2', 'eventstore-3']);
    for (const name of eventStores) {
      const environment = services[name]?.environment ?? {};
      const others = eventStores.filter((other) => other !== name).map((other) => `${other}:2113`);
      expect(environment).toMatchObject({
        KURRENTDB_CLUSTER_SIZE: String(eventStores.length),
        KURRENTDB_GOSSIP_SEED: others.join(','),
        KURRENTDB_NODE_HOST_ADVERTISE_AS: name,
        KURRENTDB_REPLICATION_HOST_ADVERTISE_AS: name,
      });
      expect(Object.keys(environment).filter((key) => /INSECURE|DISABLE_TLS|ANONYMOUS/.test(key))).toEqual([]);
    }
  });

  it('has its certificates made by a script that bash understands, for these very nodes', () => {
    const path = configs['make-certificates.sh']?.file ?? '';
    expect(spawnSync('bash', ['-n', join(root, path)]).status).toBe(0);
    const [, made] = /for name in (.+); do/.exec(read(path)) ?? [];
    expect(made?.split(' ')).toEqual(eventStores);
  });

  it('shows each node its own key and nobody the key of the authority', () => {
    const holders = (volume: string): string[] =>
      named.filter(([, service]) => mountsOf(service).some(({ source }) => source === volume)).map(([name]) => name);
    expect(holders('certificate-authority')).toEqual(['certificates']);
    for (const name of eventStores) expect(holders(`${name}-certificate`)).toEqual([name, 'certificates']);
  });
});

describe('the proxy', () => {
  const lines = read(configs['haproxy.cfg']?.file ?? '').split('\n').map((line) => line.trim()); // prettier-ignore
  const sections = read(configs['haproxy.cfg']?.file ?? '').split(/^(?=backend )/m).slice(1); // prettier-ignore

  it('spreads requests over the instances, and asks each of them how it is', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual(['backend ready', 'backend alive']);
    for (const section of sections) {
      const servers = [...section.matchAll(/^ +server (\S+) (\S+)$/gm)].map(([, name, address]) => [name, address]);
      expect(servers).toEqual(instances.map(([name]) => [name, `${name}:3000`]));
      expect(section).toMatch(/^ +option httpchk GET \/(readyz|livez)$/m);
      expect(section).toMatch(/^ +default-server check /m);
    }
  });

  it('sends again only what changes nothing', () => {
    for (const section of sections) {
      expect(section).toContain('retry-on conn-failure empty-response response-timeout\n');
      expect(section).toContain('http-request disable-l7-retry unless METH_GET\n');
    }
  });

  it('leaves the headers of requests and answers as they are', () => {
    expect(lines.filter((line) => /^http-(request|response) (set|add|del|replace)-/.test(line))).toEqual([]);
  });

  it('answers in the form of the service what it answers itself', () => {
    const bodies = lines.flatMap((line) => (/ string '(.+?)' /.exec(line) ?? []).slice(1));
    expect(bodies.length).toBeGreaterThan(1);
    for (const body of bodies) {
      expect(JSON.parse(body)).toEqual({
        errors: [
          {
            status: expect.stringMatching(/^\d{3}$/),
            code: expect.stringMatching(/^(unavailable|unknown-route)$/),
            title: expect.any(String),
            details: expect.any(String),
          },
        ],
      });
    }
  });

  it('keeps what is for those who run the service inside', () => {
    expect(lines.find((line) => line.startsWith('http-request return status 404'))).toMatch(
      / if \{ path,url_dec -m str \/livez \/readyz \/metrics \}$/,
    );
  });
});

function mountsOf({ volumes: mounts = [] }: ComposeService): { readonly source: string; readonly target: string }[] {
  return mounts.map((mount) => {
    const [source = '', target = ''] = mount.split(':');
    return { source, target };
  });
}
