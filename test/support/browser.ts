import type { DemoPerson } from '../../apps/api/src/demo/demo';
import { type Answer, Client, type RequestOptions } from './client';

/** The header that a browser sends with requests of the service's own pages. */
export const FROM_OUR_PAGE = { 'sec-fetch-site': 'same-origin' } as const;

/**
 * A person's browser at the level of HTTP: it keeps cookies, and sends the headers of the service's own pages and of
 * the organization for which its person acts.
 */
export class Browser {
  readonly #client: Client;
  /** By name. */
  readonly #cookies = new Map<string, string>();
  organization: string | undefined;

  constructor(readonly url: string) {
    this.#client = new Client(url, null);
  }

  /** The Cookie header; undefined while there are no cookies. */
  get cookie(): string | undefined {
    return this.#cookies.size === 0 ? undefined : [...this.#cookies.values()].join('; ');
  }

  set cookie(pair: string | undefined) {
    this.#cookies.clear();
    if (pair !== undefined) this.#keep(pair);
  }

  #keep(pair: string): void {
    this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair);
  }

  get(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.send('GET', path, options);
  }

  /** @param attributes of the body; without them, no body is sent. */
  post(path: string, attributes?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const body = attributes === undefined ? undefined : { data: { attributes } };
    return this.send('POST', path, { body, headers });
  }

  signIn({ email, password }: DemoPerson, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post('/session', { email, password }, headers);
  }

  async send(method: string, path: string, { headers = {}, ...options }: RequestOptions): Promise<Answer> {
    const answer = await this.#client.send(method, path, {
      ...options,
      headers: {
        ...FROM_OUR_PAGE,
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(this.organization === undefined ? {} : { 'connect-organization': this.organization }),
        ...headers,
      },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      if (/; Max-Age=0(;|$)/.test(cookie)) this.#cookies.delete(pair.slice(0, pair.indexOf('=')));
      else this.#keep(pair);
    }
    return answer;
  }
}

/** A browser in which a person has signed in. */
export async function signedIn(url: string, person: DemoPerson): Promise<Browser> {
  const browser = new Browser(url);
  const answer = await browser.signIn(person);
  if (answer.status !== 201) throw new Error(`${person.email} could not sign in: ${answer.status} ${answer.text}`);
  return browser;
}
