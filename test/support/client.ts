import { ConnectionsClient, type NewApiKey } from '@connections/client';
import { parsed } from './parsed';

/** An answer of the service, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it was sent, for comparisons to the byte. */
  readonly text: string;
  // Tests inspect answers of every shape; what they find is what they assert.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

const BASE = '/api/v1';
const OF_THE_API = /^\/(connect|org|api-keys|audit|session|members|invitations)/;

/** Real HTTP to a running service, with one caller's key. Never throws for a status. */
export class Client {
  #installed: ConnectionsClient | undefined;

  constructor(
    readonly url: string,
    readonly key: string | null,
  ) {}

  /** The same caller, using the client package, for steps that only prepare what is tested. Throws for a refusal. */
  get installed(): ConnectionsClient {
    return (this.#installed ??= new ConnectionsClient({ baseUrl: this.url, apiKey: this.key ?? undefined }));
  }

  get(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.send('GET', path, options);
  }

  post(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.send('POST', path, options);
  }

  /** Creates a connection; attributes as the API names them. */
  create(destination: string, attributes: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post('/connect/connections', {
      body: { data: { attributes: { 'destination-organization-id': destination, ...attributes } } },
      headers,
    });
  }

  /** Takes a step on a connection: activate, deactivate, reactivate. */
  step(id: string, verb: string, attributes: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post(`/connect/connections/${id}/${verb}`, { body: { data: { attributes } }, headers });
  }

  /** Retrieves a connection; given an earlier answer, waits until its effect is visible. */
  retrieve(id: string, seen?: Answer): Promise<Answer> {
    return this.get(`/connect/connections/${id}`, { headers: seen ? positionOf(seen) : {} });
  }

  /** The whole history of a connection, oldest first, as entries of `data`. Throws when it is refused. */
  async history(id: string): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    let path: string | null = `/connect/connections/${id}/events?page[size]=100`;
    while (path !== null) {
      const page: Answer = await this.get(path);
      if (page.status !== 200) throw new Error(`The history of ${id} was answered ${page.status} ${page.text}`);
      entries.push(...(page.body.data as HistoryEntry[]));
      path = page.body.links.next as string | null;
    }
    return entries;
  }

  async send(method: string, path: string, { headers = {}, body }: RequestOptions): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + (OF_THE_API.test(path) ? BASE + path : path), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }
}

/** One entry of a connection's history, as answered. */
export interface HistoryEntry {
  readonly type: string;
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly attributes: any;
}

/** The header that lets a read see what an answered command wrote. */
export function positionOf(answer: Answer): Record<string, string> {
  const position = answer.headers.get('connect-position');
  return position === null ? {} : { 'connect-position': position };
}

/** A credential that was made for a test. */
export interface Credential {
  /** `api_…` */
  readonly id: string;
  readonly key: string;
  readonly client: Client;
}

/** An organization created for a test, with an admin's key. */
export interface Party {
  readonly id: string;
  readonly client: Client;
  readonly key: string;
}

/** A new key, created by the platform; a platform key if no organization is given. */
export async function newKey(
  platform: Client,
  organizationId: string | null,
  role: NewApiKey['role'],
  terms: Partial<NewApiKey> = {},
): Promise<Credential> {
  const made = await platform.installed.apiKeys.create({ organizationId, role, name: `A ${role}`, ...terms });
  const { key } = made.attributes;
  if (key === null) throw new Error(`The key ${made.id} was made, but its answer was lost.`);
  return { id: made.id, key, client: new Client(platform.url, key) };
}

/** A new organization with an admin key, created by the platform; for tests that need their own pair. */
export async function newOrganization(platform: Client, name: string): Promise<Party> {
  const { id } = await platform.installed.organizations.create({ name });
  const { key, client } = await newKey(platform, id, 'admin', { name: `${name} admin` });
  return { id, key, client };
}

/** Two organizations that no other test uses. */
export interface Pair {
  readonly source: Party;
  readonly destination: Party;
}

export async function newPair(platform: Client): Promise<Pair> {
  const [source, destination] = await Promise.all([
    newOrganization(platform, 'Source'),
    newOrganization(platform, 'Destination'),
  ]);
  return { source, destination };
}

export type Status = 'pending' | 'active' | 'inactive';

/** A connection between two new organizations, brought to a status by the necessary steps, and visible to reads. */
export async function newConnection(platform: Client, status: Status): Promise<Pair & { readonly id: string }> {
  const pair = await newPair(platform);
  const [source, destination] = [pair.source.client.installed, pair.destination.client.installed];
  const { id } = await source.connections.create({ destinationOrganizationId: pair.destination.id });
  if (status !== 'pending') await destination.connections.activate(id);
  if (status === 'inactive') await source.connections.deactivate(id);
  // The last writer waits until its write is visible; from then on all callers see it.
  const { attributes } = await (status === 'active' ? destination : source).connections.retrieve(id);
  if (attributes.status !== status) throw new Error(`The connection ${id} is not ${status}: ${attributes.status}`);
  return { ...pair, id };
}
