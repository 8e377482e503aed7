import { type Answer, Client, type RequestOptions } from './client';
import type { DemoPerson } from './service';

/** What a browser says of a request that a page of the service makes. */
export const FROM_OUR_PAGE = { 'sec-fetch-site': 'same-origin' } as const;

/**
 * A person's browser, as far as HTTP goes: it keeps cookies, says that its requests come from a page of the service,
 * and for which organization its person speaks.
 */
export class Browser {
  readonly #client: Client;
  /** By their names. */
  readonly #cookies = new Map<string, string>();
  organization: string | undefined;

  constructor(readonly url: string) {
    this.#client = new Client(url, null);
  }

  /** As they are sent; undefined while there are none. */
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

  /** @param attributes of the body; none is sent without them. */
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

/** A browser in which somebody has signed in. */
export async function signedIn(url: string, person: DemoPerson): Promise<Browser> {
  const browser = new Browser(url);
  const answer = await browser.signIn(person);
  if (answer.status !== 201) throw new Error(`${person.email} could not sign in: ${answer.status} ${answer.text}`);
  return browser;
}

let people = 0;

/** A browser in which somebody new has joined an organization, by an invitation of one of its admins. */
export async function joined(
  admin: Pick<Client, 'post' | 'url'>,
  role: string,
  name = 'Somebody',
): Promise<{ readonly browser: Browser; readonly person: DemoPerson; readonly id: string }> {
  const person = { email: `person-${(people += 1)}@example.com`, password: 'correct horse battery staple' };
  const browser = new Browser(admin.url);
  const token = tokenOf(
    await admin.post('/invitations', { body: { data: { attributes: { email: person.email, role } } } }),
  );
  const answer = await browser.post('/invitations/accept', { token, name, password: person.password });
  if (answer.status !== 201) throw new Error(`${person.email} could not join: ${answer.status} ${answer.text}`);
  return { browser, person, id: answer.body.data.attributes.person.id as string };
}

/** What stands behind the # of an invitation's link. */
export const tokenOf = (invitation: Answer): string => String(invitation.body.data.attributes.link).split('#')[1]!;
