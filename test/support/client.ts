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

  async send(method: string, path: string, { headers = {}, body }: RequestOptions): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(
      this.url +
        (path.startsWith('/connect') || path.startsWith('/org') || path.startsWith('/api-keys') ? BASE + path : path),
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A new organization with an admin key, made by the platform; for tests that need a pair of their own. */
export async function newOrganization(
  platform: Client,
  name: string,
): Promise<{ readonly id: string; readonly client: Client; readonly key: string }> {
  const organization = await platform.post('/organizations', { body: { data: { attributes: { name } } } });
  const id = organization.body.data.id as string;
  const made = await platform.post('/api-keys', {
    body: { data: { attributes: { 'organization-id': id, role: 'admin', name: `${name} admin` } } },
  });
  const key = made.body.data.attributes.key as string;
  return { id, key, client: new Client(platform.url, key) };
}
