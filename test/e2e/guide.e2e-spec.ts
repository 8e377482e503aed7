import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Answer, newPair, type Pair } from '../support/client';
import { TestedService } from '../support/tested-service';

/** The command as the guide prints it, without the prompts of its shell. */
const CURL = `curl -X POST https://api.withpersona.com/api/v1/connect/connections \\
-H "Authorization: Bearer <token>" \\
-H "Content-Type: application/json" \\
-d '{
"data": {
"attributes": {
"destination-organization-id": "org_DEF456",
"name": "Partner Connection"
}
}
}'`;

/** The answer as the guide prints it. */
const ANSWER = {
  data: {
    type: 'connect/connections',
    id: 'cxn_ABC123',
    attributes: {
      token: 'cxn_ABC123',
      name: 'Partner Connection',
      status: 'active',
      'organization-id': 'org_ABC123',
      'destination-organization-id': 'org_DEF456',
      scopes: ['inquiry.read', 'account.read'],
      'creator-id': 'api_ABC123',
      'creator-type': 'api-key',
      'created-at': '2018-06-01T00:00:00.000Z',
      'updated-at': '2018-06-01T00:00:00.000Z',
    },
  },
};

const curl = spawnSync('curl', ['--version']);
const withCurl = curl.status === 0 ? it : it.skip;
const skipped = curl.status === 0 ? '' : ' (skipped: this machine has no curl)';

describe('the guide', () => {
  const service = new TestedService();
  let pair: Pair;
  beforeEach(async () => {
    pair = await newPair(service.platform);
  });

  /** Only the host, the token and the id are of this service; every other byte is the guide's. */
  const command = (): string =>
    CURL.replace('https://api.withpersona.com', service.url)
      .replace('<token>', pair.source.key)
      .replace('org_DEF456', pair.destination.id);

  const expectGuidesAnswer = ({ data }: Answer['body']): void => {
    // Every member that the guide shows is there, in its form; a connection is pending before it is activated.
    expect(data).toMatchObject({
      type: ANSWER.data.type,
      id: expect.stringMatching(/^cxn_[0-9A-Za-z]+$/),
      attributes: {
        token: data.id,
        name: ANSWER.data.attributes.name,
        status: 'pending',
        'organization-id': pair.source.id,
        'destination-organization-id': pair.destination.id,
        scopes: ANSWER.data.attributes.scopes,
        'creator-id': expect.stringMatching(/^api_[0-9A-Za-z]+$/),
        'creator-type': ANSWER.data.attributes['creator-type'],
        'created-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        'updated-at': data.attributes['created-at'],
      },
    });
    expect(Object.keys(data.attributes as object)).toEqual(expect.arrayContaining(Object.keys(ANSWER.data.attributes)));
  };

  withCurl(`is followed by pasting its command into a shell${skipped}`, async () => {
    const { stdout } = await promisify(execFile)('sh', ['-c', command()]);
    expectGuidesAnswer(JSON.parse(stdout));
  });

  it('is followed by sending the same bytes', async () => {
    const [, url = ''] = /-X POST (\S+)/.exec(command())!;
    const headers = [...command().matchAll(/-H "([^:]+): ([^"]+)"/g)].map(
      ([, name, value]) => [name!, value!] as const,
    );
    const [, body = ''] = /-d '([^']+)'/.exec(command())!;
    const response = await fetch(url, { method: 'POST', headers: Object.fromEntries(headers), body });
    expect(response.status).toBe(201);
    expectGuidesAnswer(await response.json());
  });

  it('serves a client that knows of nothing but the guide', async () => {
    // Reads and writes nothing else than what the guide shows.
    class GuideClient {
      constructor(private readonly token: string) {}
      async create(destination: string, name: string): Promise<typeof ANSWER.data> {
        const attributes = { 'destination-organization-id': destination, name };
        return this.#call('POST', '', { data: { attributes } });
      }
      async read(id: string): Promise<typeof ANSWER.data> {
        return this.#call('GET', `/${id}`);
      }
      async #call(method: string, path: string, body?: object): Promise<typeof ANSWER.data> {
        const response = await fetch(`${service.url}/api/v1/connect/connections${path}`, {
          method,
          headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
        return ((await response.json()) as typeof ANSWER).data;
      }
    }
    const partner = new GuideClient(pair.source.key);
    const created = await partner.create(pair.destination.id, 'Partner Connection');
    expect(created.attributes.status).toBe('pending');
    const activated = await pair.destination.client.step(created.attributes.token, 'activate');
    expect(activated.status).toBe(200);
    await pair.source.client.retrieve(created.id, activated);
    const read = await partner.read(created.id);
    expect(read.attributes).toMatchObject({ ...created.attributes, status: 'active', 'updated-at': expect.anything() });
    await expect(partner.create(pair.destination.id, 'Partner Connection')).rejects.toThrow(/^409 /);
  });
});
