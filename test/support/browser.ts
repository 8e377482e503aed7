import { type Answer, Client, type RequestOptions } from './client';
import type { DemoPerson } from './service';

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

let people = 0;

/** A browser in which a new person has joined an organization, invited by one of its admins. */
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

/** The part after the # of an invitation's link. */
export const tokenOf = (invitation: Answer): string => String(invitation.body.data.attributes.link).split('#')[1]!;
