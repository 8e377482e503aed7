import { type Answer, type Client, newOrganization, type Party } from './client';
import { type RawAnswer, rawRequest, sendRaw } from './raw-http';
import { TestedService } from './tested-service';

export const CONNECTIONS = '/api/v1/connect/connections';
export const JSON_TYPE = 'content-type: application/json';

/** The expected entry of `errors`: its code, and where the problem is. */
type Expected = string | readonly [code: string, source: string];

export function refused(answer: Answer | RawAnswer, status: number, ...expected: Expected[]): void {
  const errors = (answer.body?.errors ?? []) as { status: string; code: string; source?: object }[];
  const told = errors.map(({ code, source: at }) => (at ? [code, Object.values(at)[0]] : code));
  expect([answer.status, told]).toEqual([status, expected]);
  expect(answer.headers.get('request-id')).toMatch(/^req_/);
  expect(answer.headers.get('content-type')).toMatch(/^application\/(vnd\.api\+)?json/);
  expect(String(Math.min(...errors.map((error) => Number(error.status))))).toBe(String(status));
}

/** A service, its callers, and ways to send it requests that it must refuse. */
export class Surroundings {
  readonly service = new TestedService();
  source!: Party;
  destination!: Party;
  third!: Party;
  /** A pending connection from the source to the third organization. */
  id = '';

  constructor() {
    beforeAll(async () => {
      this.source = await newOrganization(this.platform, 'Bad input source');
      this.destination = await newOrganization(this.platform, 'Bad input destination');
      this.third = await newOrganization(this.platform, 'Bad input third');
      this.id = (await this.source.client.create(this.third.id)).body.data.id as string;
    });
  }

  get platform(): Client {
    return this.service.platform;
  }

  /** The size of the log, and the whole content of the directory. */
  async everything(): Promise<string> {
    const metrics = await this.platform.get('/metrics');
    const organizations = await this.platform.get('/organizations?page[size]=100');
    const keys = await this.platform.get('/api-keys?page[size]=100');
    // The use of a key is recorded some time later, even if the request was refused.
    const known = keys.text.replaceAll(/"last-used-at":[^,}]+/g, '');
    return [/^event_log_(events|bytes) .*$/m.exec(metrics.text)?.[0], organizations.text, known].join('\n');
  }

  readonly post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    this.source.client.post('/connect/connections', { body, headers });

  /** Creates a connection with valid attributes, except those given. */
  readonly create = (attributes: object): Promise<Answer> => this.source.client.create(this.destination.id, attributes);

  readonly list = (query: string): Promise<Answer> => this.source.client.get(`/connect/connections?${query}`);

  readonly raw = async (request: string | Buffer, options = {}): Promise<RawAnswer> => {
    const [answer, ...more] = await sendRaw(this.service.url, request, options);
    expect(more).toEqual([]);
    if (answer === undefined) throw new Error('There was no answer.');
    return answer;
  };

  readonly key = (): string => `authorization: Bearer ${this.source.key}`;

  readonly rawPost = (body: string | Buffer, ...headers: string[]): Promise<RawAnswer> =>
    this.raw(rawRequest(`POST ${CONNECTIONS}`, [this.key(), JSON_TYPE, ...headers], body));
}

/** Declares tests of requests that must be refused. After each of them, nothing was written. */
export function describeRefusals(name: string, suite: (at: Surroundings) => void): void {
  describe(name, () => {
    const at = new Surroundings();
    let written: string;
    beforeAll(async () => {
      written = await at.everything();
    });
    afterEach(async () => {
      expect(await at.everything()).toBe(written);
    });
    suite(at);
  });
}
