import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type AccountClaims } from 'oidc-provider';

/** The claims of an account, except its id. */
export type Known = Omit<AccountClaims, 'sub'>;

/** A token answer that can still be changed. */
export interface TokenAnswer {
  status: number;
  body: unknown;
}

/** In seconds. */
const MINUTE = 60;

/** Suppresses the library's warnings about settings that are only acceptable in tests. */
function quietly<T>(work: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}

/** A provider of OpenID Connect, as an organization would run one, with a client for the service. */
export class IdentityProvider {
  readonly client = { id: 'connections', secret: randomUUID() };
  /** By account id. */
  readonly accounts = new Map<string, Known>();
  /** While true, no request is answered. */
  isAway = false;
  /** Changes the answers to token requests; null to leave them as they are. */
  tokens: ((answer: TokenAnswer) => void) | null = null;
  readonly #server = createServer();
  issuer = '';

  /** @param callback the address to which it sends people back. */
  async start(callback: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const provider = quietly(
      () =>
        new Provider(this.issuer, {
          clients: [{ client_id: this.client.id, client_secret: this.client.secret, redirect_uris: [callback] }],
          claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
          cookies: { keys: [randomUUID()] },
          pkce: { required: () => true },
          findAccount: (_, sub) => {
            const known = this.accounts.get(sub);
            return known && { accountId: sub, claims: () => ({ sub, ...known }) };
          },
          // Everybody with an account has given consent.
          loadExistingGrant: async ({ oidc: { client, session, provider: self } }) => {
            const grant = new self.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
            grant.addOIDCScope('openid email profile');
            await grant.save();
            return grant;
          },
          ttl: { Interaction: MINUTE, Grant: MINUTE, Session: MINUTE, AccessToken: MINUTE, IdToken: MINUTE },
        }),
    );
    provider.use(async (answer, next) => {
      await next();
      if (answer.path === '/token') this.tokens?.(answer);
    });
    const answer = provider.callback();
    this.#server.on('request', (request, response) => {
      if (this.isAway) request.socket.destroy();
      else void answer(request, response);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Goes through the provider's pages, as a separate browser would.
   * @param sub the account to sign in with; null to cancel.
   * @returns the address to which the provider finally sends the browser.
   */
  async visit(url: string, sub: string | null): Promise<string> {
    const cookies = new Map<string, string>();
    const ask = async (where: string, form?: Record<string, string>): Promise<string> => {
      const response = await fetch(new URL(where, this.issuer), {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`The provider answered ${response.status} ${await response.text()}`);
      return location;
    };
    const page = await ask(url);
    let next = sub === null ? await ask(`${page}/abort`) : await ask(page, { prompt: 'login', login: sub });
    while (new URL(next, this.issuer).origin === this.issuer) next = await ask(next);
    return next;
  }
}
