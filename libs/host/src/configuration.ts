import { isIP } from 'node:net';
import { plainToInstance, Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
  type ValidationOptions,
} from 'class-validator';

/** The environment variables are not a valid configuration. The message has one line for each problem. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** A whole number between two bounds, inclusive. */
const wholeNumber =
  (least: number, most: number): PropertyDecorator =>
  (target, name) => {
    const message = `${String(name)} must be a whole number from ${least} to ${most}`;
    const number = Transform(({ value }: { value: unknown }): unknown =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    );
    for (const decorate of [number, IsInt({ message }), Min(least, { message }), Max(most, { message })])
      decorate(target, name);
  };
const list = () =>
  Transform(({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
  );
const passes = (isRight: (value: string) => boolean, options: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    { name: 'passes', validator: { validate: (value) => typeof value === 'string' && isRight(value) } },
    options,
  );
const flag = () =>
  Transform(({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value));

/** In effect no upper bound. */
const MANY = 1_000_000_000;

/** All settings, by the names of their environment variables, with their defaults. */
export class Configuration {
  /** The port to serve HTTP on; 0 takes any free one. */
  @wholeNumber(0, 65_535)
  PORT = 3000;

  /** The address to serve HTTP on. */
  @Matches(/\S/, { message: 'HOST must be an address or a host name, such as 127.0.0.1 or 0.0.0.0' })
  HOST = '127.0.0.1';

  /** The folder of the embedded files: the log, unless EVENTSTORE_URL is set, the database, unless DATABASE_URL is. */
  @Matches(/\S/, { message: 'DATA_DIR must be a folder, such as ./data' })
  DATA_DIR = './data';

  /** The EventStoreDB or KurrentDB server that holds the log. Default: a file in DATA_DIR. */
  @IsOptional()
  @Matches(/^esdb(\+discover)?:\/\/\S+$/, {
    message: 'EVENTSTORE_URL must be a URL such as esdb://user:password@host:2113?tls=true',
  })
  EVENTSTORE_URL: string | undefined = undefined;

  /** The PostgreSQL database of read models and directory. Default: a file in DATA_DIR. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, {
    message: 'DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database',
  })
  DATABASE_URL: string | undefined = undefined;

  /** The file of the keys that sign checkpoints. Default: `audit.key` in DATA_DIR. */
  @IsOptional()
  @Matches(/\S/, { message: 'AUDIT_KEY_FILE must be a file, such as /etc/connections/audit.key' })
  AUDIT_KEY_FILE: string | undefined = undefined;

  /** A checkpoint is signed when this many events have come since the last. */
  @wholeNumber(1, MANY)
  AUDIT_CHECKPOINT_EVENTS = 1_000;

  /** A checkpoint is signed when there is a new event and the last checkpoint is this old. */
  @wholeNumber(1, MANY)
  AUDIT_CHECKPOINT_MINUTES = 5;

  /** The folder that gets a file for each checkpoint. Default: `checkpoints` in DATA_DIR, if the log is a file. */
  @IsOptional()
  @Matches(/\S/, { message: 'AUDIT_CHECKPOINT_FOLDER must be a folder, such as /mnt/auditors/checkpoints' })
  AUDIT_CHECKPOINT_FOLDER: string | undefined = undefined;

  /** The URL to which each checkpoint is sent by POST. Default: none. */
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'AUDIT_CHECKPOINT_URL must be a URL such as https://auditors.example/checkpoints, without a password' },
  )
  AUDIT_CHECKPOINT_URL: string | undefined = undefined;

  /** The address of the service, used in links and for single sign-on. Default: the address of each request. */
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'PUBLIC_URL must be a URL such as https://connections.example.com' },
  )
  @Matches(/^[^/]*\/\/[^/?#]+\/?$/, { message: 'PUBLIC_URL must end with the host or the port: it has no path' })
  PUBLIC_URL: string | undefined = undefined;

  /** The proxies, by address or range, that are trusted to name the client's address. */
  @list()
  @passes(isProxy, {
    each: true,
    message: 'TRUSTED_PROXIES must hold addresses or ranges such as 10.0.0.0/8, or loopback, linklocal or uniquelocal',
  })
  TRUSTED_PROXIES: string[] = ['loopback'];

  /** A session ends when it is unused for this long. */
  @wholeNumber(1, 43_200)
  SESSION_IDLE_MINUTES = 60;

  /** A session ends after this long, however much it is used. */
  @wholeNumber(1, 720)
  SESSION_HOURS = 12;

  /** The issuer of single sign-on, as it names itself. Default: none. */
  @IsOptional()
  @passes(isIssuer, {
    message:
      'OIDC_ISSUER must be a URL with https such as https://id.example.com, without a query; with http only on this machine',
  })
  OIDC_ISSUER: string | undefined = undefined;

  /** The id of this service at the provider. */
  @IsOptional()
  @Matches(/\S/, { message: 'OIDC_CLIENT_ID must be what the provider calls this service' })
  OIDC_CLIENT_ID: string | undefined = undefined;

  /** The secret that proves to the provider that it is this service. */
  @IsOptional()
  @Matches(/\S/, { message: 'OIDC_CLIENT_SECRET must be what the provider gave for OIDC_CLIENT_ID' })
  OIDC_CLIENT_SECRET: string | undefined = undefined;

  /** The name of the provider, as people know it. */
  @Matches(/\S/, { message: 'OIDC_NAME must be what people call the provider, such as Example ID' })
  OIDC_NAME = 'single sign-on';

  @IsIn(['debug', 'info', 'warn', 'error', 'silent'], {
    message: 'LOG_LEVEL must be one of debug, info, warn, error, silent',
  })
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  /** The most requests a minute by each API key and each person. */
  @wholeNumber(1, MANY)
  RATE_LIMIT_PER_MINUTE = 60_000;

  /** The catalogue: the types of data that connections can cover. */
  @list()
  @ArrayNotEmpty({ message: 'CONNECT_SCOPES must name at least one scope, separated by commas' })
  @ArrayUnique({ message: 'CONNECT_SCOPES must not name a scope twice' })
  @Matches(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/, {
    each: true,
    message: 'CONNECT_SCOPES must hold scopes such as inquiry.read, separated by commas',
  })
  CONNECT_SCOPES: string[] = [
    'inquiry.read',
    'account.read',
    'case.read',
    'document.read',
    'report.read',
    'transaction.read',
    'verification.read',
  ];

  /** The scopes of a connection whose creator names none. */
  @list()
  @ArrayUnique({ message: 'CONNECT_DEFAULT_SCOPES must not name a scope twice' })
  CONNECT_DEFAULT_SCOPES: string[] = ['inquiry.read', 'account.read'];

  /** Whether an organization may connect to itself, for trials. */
  @flag()
  @IsBoolean({ message: 'CONNECT_ALLOW_SELF_CONNECTIONS must be true or false' })
  CONNECT_ALLOW_SELF_CONNECTIONS = false;
}

/** An address, a range with its prefix length (not 0, which would trust everybody), or a named range. */
function isProxy(item: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return true;
  const [address = '', length, ...more] = item.split('/');
  // A zone, as in fe80::1%eth0, is local to this machine and says nothing about the other end.
  const longest = address.includes('%') ? 0 : ({ 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0);
  if (length === undefined) return longest > 0;
  return more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= longest;
}

function isIssuer(value: string): boolean {
  const pattern = /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?![^:/]))[^\s?#@]*$/;
  return pattern.test(value) && URL.canParse(value);
}

/**
 * Reads the environment, and reports all problems together.
 * @throws InvalidConfiguration
 */
export function configurationFrom(environment: NodeJS.ProcessEnv): Configuration {
  const known = Object.keys(new Configuration());
  const set = Object.fromEntries(
    known.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  const configuration = plainToInstance(Configuration, set, { exposeDefaultValues: true });
  const errors = validateSync(configuration, { stopAtFirstError: true });
  const problems = errors.flatMap(({ constraints, property }) =>
    Object.values(constraints ?? {}).map((message) => `${message}; ${valueOf(property, environment)}.`),
  );
  problems.push(...singleSignOnProblems(configuration));
  const { CONNECT_SCOPES, CONNECT_DEFAULT_SCOPES } = configuration;
  if (!errors.some(({ property }) => property === 'CONNECT_SCOPES' || property === 'CONNECT_DEFAULT_SCOPES')) {
    const missing = CONNECT_DEFAULT_SCOPES.filter((scope) => !CONNECT_SCOPES.includes(scope));
    if (missing.length > 0) {
      const named = missing.map(shown).join(', ');
      problems.push(
        `CONNECT_DEFAULT_SCOPES must all be in CONNECT_SCOPES, and ${named} ${missing.length === 1 ? 'is' : 'are'} not; ${valueOf('CONNECT_DEFAULT_SCOPES', environment)}.`,
      );
    }
  }
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return configuration;
}

/** The settings of single sign-on have to be set together, or not at all. */
function singleSignOnProblems(configuration: Configuration): string[] {
  const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'] as const;
  const set = needed.filter((name) => configuration[name] !== undefined);
  if (!set.some((name) => name.startsWith('OIDC_'))) return [];
  return needed
    .filter((name) => !set.includes(name))
    .map(
      (name) =>
        `${name} must be set for single sign-on, since ${set.join(', ')} ${set.length === 1 ? 'is' : 'are'}; it is not set.`,
    );
}

function valueOf(name: string, environment: NodeJS.ProcessEnv): string {
  const value = environment[name];
  // It may hold a secret, or a password.
  if (value !== undefined) {
    return /_(URL|ISSUER|SECRET)$/.test(name) ? 'it is something else' : `it is ${shown(value)}`;
  }
  const byDefault = String(new Configuration()[name as keyof Configuration]);
  return `it is not set, which means ${JSON.stringify(byDefault)}`;
}

/** In quotes, with invisible characters escaped, such as the byte order mark that some editors begin a file with. */
const shown = (value: string): string =>
  JSON.stringify(value).replace(
    /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
