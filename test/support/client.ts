/** An answer of the service, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it was sent, for comparing to the byte. */
  readonly text: string;
  // Tests look into answers of every shape; what they find is what they assert.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is text or bytes, and as JSON otherwise. */
  readonly body?: unknown;
}

const BASE = '/api/v1';

/** Real HTTP against a running service, with one caller's key. Never throws for a status. */
export class Client {
  constructor(
    readonly url: string,
    private readonly key: string | null,
  ) {}

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

  /** Takes a step with a connection: activate, deactivate, reactivate. */
  step(id: string, verb: string, attributes: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post(`/connect/connections/${id}/${verb}`, { body: { data: { attributes } }, headers });
  }

  /** Retrieves a connection; with an earlier answer, once that one's effect can be seen. */
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
    const response = await fetch(
      this.url + (/^\/(connect|org|api-keys|audit|session|members|invitations)/.test(path) ? BASE + path : path),
      {
        method,
        headers: {
          ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
      },
    );
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

/** The header by which a read sees what an answered command wrote. */
export function positionOf(answer: Answer): Record<string, string> {
  const position = answer.headers.get('connect-position');
  return position === null ? {} : { 'connect-position': position };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A credential that was made for a test. */
export interface Credential {
  /** `api_…` */
  readonly id: string;
  readonly key: string;
  readonly client: Client;
}

/** An organization that was made for a test, with an admin's key. */
export interface Party {
  readonly id: string;
  readonly client: Client;
  readonly key: string;
}

/** A new key, made by the platform; of no organization when none is named. */
export async function newKey(
  platform: Client,
  organizationId: string | null,
  role: string,
  attributes: object = {},
): Promise<Credential> {
  const body = { data: { attributes: { 'organization-id': organizationId, role, name: `A ${role}`, ...attributes } } };
  const made = await platform.post('/api-keys', { body });
  if (made.status !== 201) throw new Error(`A key could not be made: ${made.status} ${made.text}`);
  const key = made.body.data.attributes.key as string;
  return { id: made.body.data.id as string, key, client: new Client(platform.url, key) };
}

/** A new organization with an admin key, made by the platform; for tests that need a pair of their own. */
export async function newOrganization(platform: Client, name: string): Promise<Party> {
  const organization = await platform.post('/organizations', { body: { data: { attributes: { name } } } });
  if (organization.status !== 201) {
    throw new Error(`An organization could not be made: ${organization.status} ${organization.text}`);
  }
  const id = organization.body.data.id as string;
  const { key, client } = await newKey(platform, id, 'admin', { name: `${name} admin` });
  return { id, key, client };
}

/** Two organizations that nobody else uses. */
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

/** A connection of a pair of its own, brought into a status by the steps that lead there, and visible to reads. */
export async function newConnection(platform: Client, status: Status): Promise<Pair & { readonly id: string }> {
  const pair = await newPair(platform);
  let last = await pair.source.client.create(pair.destination.id);
  const id = last.body.data.id as string;
  if (status !== 'pending') last = await pair.destination.client.step(id, 'activate');
  if (status === 'inactive') last = await pair.source.client.step(id, 'deactivate');
  const seen = await pair.source.client.retrieve(id, last);
  if (seen.body.data.attributes.status !== status) throw new Error(`The connection is not ${status}: ${seen.text}`);
  return { ...pair, id };
}
