import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { ChannelCredentialOptions } from '@eventstore/db-client/dist/Client';
import { type ConnectionOptions, parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString';
import type { Credentials, EndPoint, NodePreference } from '@eventstore/db-client';
import { UnusableEventStore } from './errors';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:2113?tls=true&tlsCAFile=…`, several hosts with commas, or `esdb+discover://`. */
  readonly url: string;
  /** The prefixes of our streams' names. Nothing else is appended to or subscribed to. Default: `connection-`. */
  readonly streamPrefixes?: readonly string[];
  /** The longest the server may be silent in one call, in milliseconds. Default: 5,000. */
  readonly callTimeout?: number;
  /** No new try of a call begins after this time, in milliseconds; the last one has its own limit. Default: 10,000. */
  readonly giveUpAfter?: number;
  /** How soon an idle subscription is checked against the log, in milliseconds. Default: 15,000. */
  readonly stallAfter?: number;
  /** The first pause before another try, in milliseconds; doubled each time, and jittered. Default: 50. */
  readonly firstRetry?: number;
  /** The longest pause before another try, in milliseconds. Default: 2,000. */
  readonly longestRetry?: number;
  /** The most appends sent and not yet answered. Default: 256. */
  readonly maximumInFlight?: number;
  /** The most appends waiting to be sent; further ones are refused. Default: 4,096. */
  readonly maximumWaiting?: number;
}

export type Settings = Required<Omit<EventStoreDbOptions, 'url'>>;

export const settingsOf = ({ url: _, ...options }: EventStoreDbOptions): Settings => ({
  streamPrefixes: ['connection-'],
  callTimeout: 5_000,
  giveUpAfter: 10_000,
  stallAfter: 15_000,
  firstRetry: 50,
  longestRetry: 2_000,
  maximumInFlight: 256,
  maximumWaiting: 4_096,
  ...options,
});

/** The arguments from which the client is constructed. */
export interface ClientSettings {
  readonly connection:
    | ({ readonly endpoint: EndPoint } & CallSettings)
    | ({ readonly endpoints: EndPoint[] } & CallSettings & DiscoverySettings)
    | ({ readonly discover: EndPoint } & CallSettings & DiscoverySettings);
  readonly channel: ChannelCredentialOptions;
  readonly credentials: Credentials | undefined;
}

interface CallSettings {
  readonly keepAliveInterval: number;
  readonly keepAliveTimeout: number;
  readonly connectionName?: string;
}

interface DiscoverySettings {
  readonly nodePreference: NodePreference;
  /** In milliseconds. */
  readonly discoveryInterval: number;
  /** In seconds. */
  readonly gossipTimeout: number;
  readonly maxDiscoverAttempts: number;
}

/** Checked here, because the client prints the whole URL, password included, when it meets an unknown option. */
const KNOWN_OPTIONS = [
  'connectionName',
  'discoveryInterval',
  'gossipTimeout',
  'keepAliveInterval',
  'keepAliveTimeout',
  'maxDiscoverAttempts',
  'nodePreference',
  'tls',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
];

const REFUSED_OPTIONS: Readonly<Record<string, string>> = {
  tlsverifycert: "the client ignores it: give the authority's certificate as tlsCAFile=<path> instead",
  throwonappendfailure: 'appends must fail where they are not written',
  defaultdeadline: "the time limits are the service's own",
};

/**
 * Reads the URL and the certificates that it names; connects to nothing.
 * @throws UnusableEventStore, whose message says what is wrong without showing the password.
 */
export function clientSettings(url: string): ClientSettings {
  for (const { 1: name = '', index } of url.matchAll(/[?&]([^=&?]+)=/g)) refuseUnknown(name, url.slice(index));
  const options = parsed(url);
  for (const host of options.hosts) refuseImpossible(host);
  const call = {
    keepAliveInterval: keepAlive('keepAliveInterval', options),
    keepAliveTimeout: keepAlive('keepAliveTimeout', options),
    ...(options.connectionName !== undefined && { connectionName: options.connectionName }),
  };
  const discovery = {
    nodePreference: options.nodePreference ?? 'leader',
    discoveryInterval: options.discoveryInterval ?? 100,
    // One short round: discovery is retried along with everything else, and cannot be aborted when the store is closed.
    gossipTimeout: options.gossipTimeout ?? 2,
    maxDiscoverAttempts: options.maxDiscoverAttempts ?? 1,
  } as const;
  const [first] = options.hosts;
  if (first === undefined) throw new UnusableEventStore(`${UNREADABLE} It names no host.`);
  const connection = options.dnsDiscover
    ? { discover: first, ...call, ...discovery }
    : options.hosts.length > 1
      ? { endpoints: options.hosts, ...call, ...discovery }
      : { endpoint: first, ...call };
  return { connection, channel: channelOf(options), credentials: options.defaultCredentials };
}

const UNREADABLE =
  'The URL of the event store cannot be used; it looks like esdb://user:password@host:2113?tls=true, with user and password percent-encoded.';

function refuseImpossible({ address, port }: EndPoint): void {
  // The client takes a user without a password for a part of the host.
  if (address.includes('@')) throw new UnusableEventStore(`${UNREADABLE} It names a user and no password.`);
  if (port >= 1 && port <= 65_535) return;
  throw new UnusableEventStore(`${UNREADABLE} Its port ${port} is none: there are 1 to 65535.`);
}

function keepAlive(name: 'keepAliveInterval' | 'keepAliveTimeout', options: ConnectionOptions): number {
  const milliseconds = options[name] ?? 10_000;
  if (milliseconds > 0 || milliseconds === -1) return milliseconds;
  throw new UnusableEventStore(
    `The URL of the event store sets ${name}=${milliseconds}: give milliseconds, or -1 for never.`,
  );
}

function refuseUnknown(name: string, fromThere: string): void {
  const flat = flatten(name);
  const reason = Object.hasOwn(REFUSED_OPTIONS, flat) ? REFUSED_OPTIONS[flat] : undefined;
  if (reason !== undefined) {
    throw new UnusableEventStore(`The URL of the event store must not set ${name}: ${reason}.`);
  }
  if (KNOWN_OPTIONS.some((known) => flatten(known) === flat)) return;
  // It may be part of a password that was not percent-encoded.
  if (fromThere.includes('@')) throw new UnusableEventStore(UNREADABLE);
  throw new UnusableEventStore(
    `The URL of the event store has an unknown option ${name}; known are ${KNOWN_OPTIONS.join(', ')}.`,
  );
}

const flatten = (name: string): string => name.trim().toLowerCase().replaceAll(/[_-]/g, '');

function parsed(url: string): ConnectionOptions {
  try {
    return parseConnectionString(url);
  } catch (error) {
    // The parser's message shows part of the URL, and so perhaps of the password.
    const { location, expected } = error as {
      readonly location?: readonly [number, number];
      readonly expected?: string;
    };
    const where = location && expected ? ` At character ${location[0] + 1} there should be ${expected}.` : '';
    throw new UnusableEventStore(`${UNREADABLE}${where}`);
  }
}

function channelOf(options: ConnectionOptions): ChannelCredentialOptions {
  if (options.tls === false) return { insecure: true };
  const { tlsCAFile, userCertFile, userKeyFile } = options;
  if ((userCertFile === undefined) !== (userKeyFile === undefined)) {
    throw new UnusableEventStore('The URL of the event store must set userCertFile and userKeyFile together.');
  }
  const rootCertificate = tlsCAFile === undefined ? undefined : contentOf('tlsCAFile', tlsCAFile);
  if (userCertFile === undefined || userKeyFile === undefined) {
    return { insecure: false, ...(rootCertificate && { rootCertificate }) };
  }
  const own = {
    userCertFile: contentOf('userCertFile', userCertFile),
    userKeyFile: contentOf('userKeyFile', userKeyFile),
  };
  refuseUnfit(own);
  return { insecure: false, ...(rootCertificate && { rootCertificate }), ...own };
}

function refuseUnfit({ userCertFile: cert, userKeyFile: key }: { userCertFile: Buffer; userKeyFile: Buffer }): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = (error as Error).message;
    throw new UnusableEventStore(
      `userCertFile and userKeyFile in the URL of the event store cannot be used (${why}): give PEM files that belong together.`,
    );
  }
}

function contentOf(option: string, path: string): Buffer {
  const absolute = resolve(path);
  try {
    return readFileSync(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `there is no file ${absolute}` : `${absolute} cannot be read (${code})`;
    throw new UnusableEventStore(
      `The URL of the event store sets ${option}=${path}, and ${why}: give the path of a PEM file.`,
    );
  }
}
