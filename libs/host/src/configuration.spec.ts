import { Configuration, configurationFrom, InvalidConfiguration } from './configuration';

const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    configurationFrom(environment);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect({ ...configurationFrom({}) }).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: './data',
      AUDIT_CHECKPOINT_EVENTS: 1_000,
      AUDIT_CHECKPOINT_MINUTES: 5,
      TRUSTED_PROXIES: ['loopback'],
      SESSION_IDLE_MINUTES: 60,
      SESSION_HOURS: 12,
      OIDC_NAME: 'single sign-on',
      LOG_LEVEL: 'info',
      RATE_LIMIT_PER_MINUTE: 60_000,
      CONNECT_SCOPES: [
        'inquiry.read',
        'account.read',
        'case.read',
        'document.read',
        'report.read',
        'transaction.read',
        'verification.read',
      ],
      CONNECT_DEFAULT_SCOPES: ['inquiry.read', 'account.read'],
      CONNECT_ALLOW_SELF_CONNECTIONS: false,
    });
  });

  it('is read from the environment', () => {
    const environment = {
      PORT: '0',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/connections',
      AUDIT_KEY_FILE: '/etc/connections/audit.key',
      AUDIT_CHECKPOINT_EVENTS: '10',
      AUDIT_CHECKPOINT_MINUTES: '1',
      AUDIT_CHECKPOINT_FOLDER: '/mnt/checkpoints',
      AUDIT_CHECKPOINT_URL: 'http://auditors:8080/checkpoints?of=us',
      PUBLIC_URL: 'https://connections.example.com',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      SESSION_IDLE_MINUTES: '15',
      SESSION_HOURS: '8',
      OIDC_ISSUER: 'https://id.example.com/tenant',
      OIDC_CLIENT_ID: 'connections',
      OIDC_CLIENT_SECRET: 'hidden',
      OIDC_NAME: 'Example ID',
      LOG_LEVEL: 'silent',
      RATE_LIMIT_PER_MINUTE: '1',
      CONNECT_SCOPES: 'a.read, b.write',
      CONNECT_DEFAULT_SCOPES: 'b.write',
      CONNECT_ALLOW_SELF_CONNECTIONS: 'true',
    };
    expect({ ...configurationFrom(environment) }).toEqual({
      PORT: 0,
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/connections',
      AUDIT_KEY_FILE: '/etc/connections/audit.key',
      AUDIT_CHECKPOINT_EVENTS: 10,
      AUDIT_CHECKPOINT_MINUTES: 1,
      AUDIT_CHECKPOINT_FOLDER: '/mnt/checkpoints',
      AUDIT_CHECKPOINT_URL: 'http://auditors:8080/checkpoints?of=us',
      PUBLIC_URL: 'https://connections.example.com',
      TRUSTED_PROXIES: ['10.0.0.0/8', '::1'],
      SESSION_IDLE_MINUTES: 15,
      SESSION_HOURS: 8,
      OIDC_ISSUER: 'https://id.example.com/tenant',
      OIDC_CLIENT_ID: 'connections',
      OIDC_CLIENT_SECRET: 'hidden',
      OIDC_NAME: 'Example ID',
      LOG_LEVEL: 'silent',
      RATE_LIMIT_PER_MINUTE: 1,
      CONNECT_SCOPES: ['a.read', 'b.write'],
      CONNECT_DEFAULT_SCOPES: ['b.write'],
      CONNECT_ALLOW_SELF_CONNECTIONS: true,
    });
  });

  it('has nothing to do with other variables', () => {
    expect({
      ...configurationFrom({ PATH: '/bin', port: '1', PORTS: '2', constructor: 'x' }),
    }).toEqual({ ...new Configuration() });
  });

  const bad: readonly (readonly [string, readonly string[]])[] = [
    ['PORT', ['', ' ', 'http', '-1', '65536', '80.5', '1e99', 'NaN', '0x50', '-0', '3000 # the usual']],
    ['HOST', ['', '  ']],
    ['DATA_DIR', ['', '  ']],
    ['AUDIT_KEY_FILE', ['', ' ']],
    ['AUDIT_CHECKPOINT_EVENTS', ['', '0', '-1', '1.5', '1000000001', 'all']],
    ['AUDIT_CHECKPOINT_MINUTES', ['', '0', '-1', '0.5', '1000000001', 'five']],
    ['AUDIT_CHECKPOINT_FOLDER', ['', ' ']],
    ['TRUSTED_PROXIES', ['', 'everybody', '10.0.0.0/8,', '10.0.0.0/8/8', '10.0.0.0/', 'proxy.example.com']],
    [
      'TRUSTED_PROXIES',
      ['999.1.1.1', 'abc', '....', ':', '10', '1.2.3.4/33', '::1/129', '10.0.0.0/0', '::/0', 'abc/8', 'fe80::1%eth0'],
    ],
    ['SESSION_IDLE_MINUTES', ['', '0', '1.5', '43201', '9007199254740991', 'an hour']],
    ['SESSION_HOURS', ['', '0', '721', 'a day']],
    ['OIDC_NAME', ['', ' ']],
    ['LOG_LEVEL', ['', 'loud', 'INFO', 'trace']],
    ['RATE_LIMIT_PER_MINUTE', ['', '0', '-5', '1.5', '1000000001', '1000000000000000', 'many', 'Infinity']],
    ['CONNECT_SCOPES', ['', ',', 'inquiry.read,', 'Inquiry.Read', 'read', 'a.b,a.b', 'a b.c', '.a', 'a.']],
    ['CONNECT_DEFAULT_SCOPES', ['', 'inquiry.write', 'inquiry.read,', 'INQUIRY.READ', 'inquiry.read,inquiry.read']],
    ['CONNECT_ALLOW_SELF_CONNECTIONS', ['', 'yes', '1', 'TRUE', 'false ']],
  ];
  it.each(bad.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    'is not valid with %s=%j, and says so in one line that names both',
    (name, value) => {
      const problems = problemsOf({ [name]: value });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} must .*; it is `));
      expect(problems[0]).toContain(JSON.stringify(value));
      expect(problems[0]).not.toContain('\n');
    },
  );

  it.each([
    '',
    'auditors',
    'ftp://a.example/',
    'https://',
    'https://a b/',
    'https://me:hidden@a.example/',
    'http://a:99999/',
  ])(
    'is not valid with AUDIT_CHECKPOINT_URL=%j, and does not repeat what may hold a secret',
    (AUDIT_CHECKPOINT_URL) => {
      const [problem, ...others] = problemsOf({ AUDIT_CHECKPOINT_URL });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^AUDIT_CHECKPOINT_URL must be a URL .*; it is something else\.$/);
    },
  );

  it.each(['', 'connections.example.com', 'ftp://a.example', 'https://me:hidden@a.example', 'https://a.example/app'])(
    'is not valid with PUBLIC_URL=%j, which is no place for people',
    (PUBLIC_URL) => {
      const [problem, ...others] = problemsOf({ PUBLIC_URL });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^PUBLIC_URL must .*; it is something else\.$/);
    },
  );

  describe('of single sign-on', () => {
    const whole = {
      PUBLIC_URL: 'https://connections.example.com',
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_CLIENT_ID: 'connections',
      OIDC_CLIENT_SECRET: 'hidden',
    };

    it('is whole, or there is none', () => {
      expect(problemsOf(whole)).toEqual([]);
      expect(problemsOf({ PUBLIC_URL: whole.PUBLIC_URL, OIDC_NAME: 'Example ID' })).toEqual([]);
    });

    it.each(Object.keys(whole))('says that %s is missing', (name) => {
      const { [name]: _, ...rest } = whole as Record<string, string>;
      const [problem, ...others] = problemsOf(rest);
      expect(others).toEqual([]);
      expect(problem).toMatch(new RegExp(`^${name} must be set for single sign-on, since .* are; it is not set\\.$`));
    });

    it('says all that is missing', () => {
      expect(problemsOf({ OIDC_CLIENT_SECRET: 'hidden' })).toHaveLength(3);
    });

    it.each([
      '',
      'id.example.com',
      'http://id.example.com',
      'http://localhost.example.com',
      'http://localhost.example.com:80',
      'https://id.example.com?a=b',
      'https://id.example.com:99999',
      'https://[zz]',
      'https://',
    ])('has a provider that can be trusted, which %j cannot', (OIDC_ISSUER) => {
      const [problem, ...others] = problemsOf({ ...whole, OIDC_ISSUER });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^OIDC_ISSUER must be a URL with https .*; it is something else\.$/);
    });

    it.each([
      'http://localhost',
      'http://localhost:9/x',
      'http://127.0.0.1/',
      'http://[::1]',
      'https://id.internal:8443',
    ])('may have the provider %s', (OIDC_ISSUER) => expect(problemsOf({ ...whole, OIDC_ISSUER })).toEqual([]));

    it('never shows the secret', () => {
      expect(problemsOf({ ...whole, OIDC_CLIENT_SECRET: ' ', PORT: 'x' }).join(' ')).not.toContain('hidden');
      expect(problemsOf({ ...whole, OIDC_CLIENT_SECRET: ' ' })).toEqual([
        'OIDC_CLIENT_SECRET must be what the provider gave for OIDC_CLIENT_ID; it is something else.',
      ]);
    });
  });

  it.each([
    'loopback,linklocal,uniquelocal',
    '10.0.0.1',
    '10.0.0.0/8, 172.16.0.0/12',
    '0.0.0.0/1',
    '::1/128',
    'fc00::/7',
  ])('takes the proxies %s', (TRUSTED_PROXIES) => expect(problemsOf({ TRUSTED_PROXIES })).toEqual([]));

  it('says what a number may be at the most', () => {
    expect(problemsOf({ RATE_LIMIT_PER_MINUTE: '1000000000000000' })).toEqual([
      'RATE_LIMIT_PER_MINUTE must be a whole number from 1 to 1000000000; it is "1000000000000000".',
    ]);
  });

  it('shows what nobody would see in a value', () => {
    expect(problemsOf({ PORT: '\ufeff80\u00a0\u200b \u00fc' })).toEqual([
      'PORT must be a whole number from 0 to 65535; it is "\\u{feff}80\\u{a0}\\u{200b} \u00fc".',
    ]);
  });

  it('tells every problem at once', () => {
    const environment = Object.fromEntries(bad.map(([name, values]) => [name, values.at(-1)]));
    const problems = problemsOf(environment);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(Object.keys(environment));
    expect(() => configurationFrom(environment)).toThrow(
      /^The configuration is not valid:\n {2}PORT must .*\n {2}HOST /,
    );
  });

  it('tells that default scopes are not in the catalogue beside all else that is wrong', () => {
    expect(problemsOf({ PORT: 'x', CONNECT_SCOPES: 'a.read', CONNECT_DEFAULT_SCOPES: 'a.read,b.read,c.read' })).toEqual(
      [
        'PORT must be a whole number from 0 to 65535; it is "x".',
        'CONNECT_DEFAULT_SCOPES must all be in CONNECT_SCOPES, and "b.read", "c.read" are not; it is "a.read,b.read,c.read".',
      ],
    );
  });

  it('tells that the default scopes are to be set where the catalogue leaves them out', () => {
    expect(problemsOf({ CONNECT_SCOPES: 'a.read,account.read' })).toEqual([
      'CONNECT_DEFAULT_SCOPES must all be in CONNECT_SCOPES, and "inquiry.read" is not; it is not set, which means "inquiry.read,account.read".',
    ]);
  });
});
