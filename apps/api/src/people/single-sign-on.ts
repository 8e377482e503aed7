import { Inject, Injectable } from '@nestjs/common';
import type { ClientAuth, Configuration as Provider, UserInfoResponse } from 'openid-client';
import type { Logger } from 'pino';
import { Invitations } from '@connections/directory/invitations';
import { EmailTaken, type Identity, People, type Person } from '@connections/directory/people';
import { Sessions } from '@connections/directory/sessions';
import { Configuration } from '@connections/host/configuration';
import { unturned } from '@connections/host/written-text';
import { LOG } from '../log';
import { SignOnRefused } from './sign-on-problems';
import { attemptIn, beginAttempt, type SignOnAttempt } from './sign-on-attempt';

/** Where the provider sends people back to. */
export const CALLBACK = '/api/v1/session/sign-on/callback';

/**
 * How the provider is asked to let people say who they are, rather than take whoever was there last: to choose, or, where it
 * knows no choice, to sign in anew, which the standard has of all.
 */
export const SELECT_ACCOUNT = 'select_account';
export const LOGIN = 'login';

/** What the provider is asked for: who it is, and what they are called. */
const SCOPE = 'openid email profile';
/** How long the provider may take to answer, in seconds. */
const PATIENCE = 5;
/** What the provider says of itself is asked for anew after so long, in milliseconds. */
const KNOWN_FOR = 3_600_000;
const LONGEST_NAME = 200;

/** Who somebody is, as the provider vouches for. */
interface Proven {
  readonly identity: Identity;
  /** Null where the provider tells none, or does not vouch for it. */
  readonly email: string | null;
  readonly name: string | null;
}

/**
 * Lets people in whom a provider of OpenID Connect knows. The provider is asked only when somebody comes: its being away
 * keeps nobody else from anything.
 */
@Injectable()
export class SingleSignOn {
  #provider: { readonly configuration: Promise<Provider>; readonly since: number } | undefined;

  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    private readonly people: People,
    private readonly invitations: Invitations,
    private readonly sessions: Sessions,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** What people call the provider; null where there is none. */
  get name(): string | null {
    return this.configuration.OIDC_ISSUER === undefined ? null : this.configuration.OIDC_NAME;
  }

  /**
   * Where to send somebody, and the cookie that they have to bring back.
   * @param returnTo the path of ours that they want to see in the end.
   * @param prompt `SELECT_ACCOUNT` or `LOGIN`; undefined where whoever is signed in at the provider may come silently.
   * @throws SignOnRefused
   */
  async begin(returnTo: string, prompt?: string): Promise<{ url: string; cookie: string }> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client');
    const provider = await this.#discovered();
    const { attempt, cookie } = beginAttempt(returnTo, Date.now());
    const { state, nonce, codeVerifier } = attempt;
    const url = buildAuthorizationUrl(provider, {
      redirect_uri: this.#callback().href,
      scope: SCOPE,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...(prompt !== undefined && { prompt: knows(provider, prompt) ? prompt : LOGIN }),
    });
    return { url: url.href, cookie };
  }

  /**
   * The attempt that somebody comes back from; null where they began none, a newer one in another window, or too long ago.
   * @param query as the provider made it.
   */
  attemptOf(query: string, cookie: string | undefined): SignOnAttempt | null {
    const attempt = cookie === undefined ? null : attemptIn(cookie, Date.now());
    return attempt !== null && new URLSearchParams(query).get('state') === attempt.state ? attempt : null;
  }

  /**
   * Who came back. Nobody comes to be by this who was not invited.
   * @param query as the provider made it.
   * @throws SignOnRefused
   */
  async complete(query: string, attempt: SignOnAttempt): Promise<Person> {
    return this.#personOf(await this.#proven(query, attempt));
  }

  async #proven(query: string, { state, nonce, codeVerifier }: SignOnAttempt): Promise<Proven> {
    const { authorizationCodeGrant, fetchUserInfo } = await import('openid-client');
    const provider = await this.#discovered();
    const url = this.#callback();
    url.search = query;
    try {
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      };
      const tokens = await authorizationCodeGrant(provider, url, checks);
      const claims = tokens.claims();
      // It is expected, and without it nobody comes here.
      if (claims === undefined) throw new Error('The provider answered no ID token.');
      if (claims.sub === '' || !claims.sub.isWellFormed()) throw new SignOnRefused('sign-on-refused', true);
      const profile: Partial<UserInfoResponse> =
        claims['email'] === undefined && provider.serverMetadata().userinfo_endpoint !== undefined
          ? { ...claims, ...(await fetchUserInfo(provider, tokens.access_token, claims.sub)) }
          : claims;
      return {
        identity: { issuer: claims.iss, subject: claims.sub },
        email: profile.email_verified === true && typeof profile.email === 'string' ? profile.email : null,
        name: nameIn(profile.name),
      };
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  /**
   * The person of an identity: known by it, or by an address that the provider vouches for, or invited to it.
   * @throws SignOnRefused
   */
  async #personOf({ identity, email, name }: Proven): Promise<Person> {
    const known = await this.people.findByIdentity(identity);
    if (known !== null) return known;
    if (email === null) throw new SignOnRefused('unverified-email');
    const person =
      (await this.#introduced({ identity, email, name })) ??
      // By the same person in another window, a moment ago.
      (await this.people.findByIdentity(identity));
    if (person === null) throw new SignOnRefused('unknown-person');
    return person;
  }

  /** Whoever comes with an identity for the first time, by the address that the provider vouches for; null for nobody. */
  async #introduced({ identity, email, name }: Proven & { readonly email: string }): Promise<Person | null> {
    const sameAddress = await this.people.findByEmail(email);
    if (sameAddress !== null) return this.#recognised(sameAddress, identity);
    const person = { name: name ?? email, email, passwordHash: null, identity };
    return this.invitations.acceptAll(person, new Date()).catch((error: unknown) => {
      if (error instanceof EmailTaken) return null;
      throw error;
    });
  }

  /**
   * Whoever set a password before the provider vouched for the address never proved that the address is theirs: it
   * counts no more, and neither does what they are signed in with. Null for who is known by another identity.
   */
  async #recognised(person: Person, identity: Identity): Promise<Person | null> {
    if (!(await this.people.identify(person.id, identity))) return null;
    this.sessions.changed();
    return { ...person, hasPassword: false };
  }

  /** What the provider says of itself. @throws SignOnRefused when there is none, or it cannot be reached. */
  async #discovered(): Promise<Provider> {
    if (this.#provider === undefined || performance.now() - this.#provider.since > KNOWN_FOR) {
      this.#provider = { configuration: this.#discover(), since: performance.now() };
    }
    try {
      return await this.#provider.configuration;
    } catch (error) {
      // The next one who comes asks anew.
      this.#provider = undefined;
      if (error instanceof SignOnRefused) throw error;
      this.log.warn({ problem: told(error) }, 'the provider of single sign-on cannot be asked');
      throw new SignOnRefused('provider-unavailable');
    }
  }

  async #discover(): Promise<Provider> {
    const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = this.configuration;
    if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined) throw new SignOnRefused('no-single-sign-on');
    const openid = await import('openid-client');
    const { ClientSecretBasic, ClientSecretPost, discovery, enableNonRepudiationChecks } = openid;
    // As the provider takes it; where it does not say, in the header, as the standard has it.
    const authentication: ClientAuth = (server, ...rest) => {
      const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
      const way = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
      way(OIDC_CLIENT_SECRET)(server, ...rest);
    };
    const issuer = new URL(OIDC_ISSUER);
    return discovery(issuer, OIDC_CLIENT_ID, undefined, authentication, {
      timeout: PATIENCE,
      // An ID token is believed for its signature by a key that the provider publishes, and not for having come from there alone.
      execute: [
        enableNonRepudiationChecks,
        // Marked as deprecated only to be noticed: the configuration lets only a provider on this very machine, for trials
        // and tests, do without TLS.
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
      ],
    });
  }

  #callback(): URL {
    return new URL(CALLBACK, this.configuration.PUBLIC_URL);
  }

  #refusal(error: unknown): SignOnRefused {
    this.log.warn({ problem: told(error) }, 'single sign-on refused');
    if (error instanceof SignOnRefused) return error;
    const { code, error: said } = error as { code?: unknown; error?: unknown };
    if (UNFIT.has(code) || said === 'invalid_grant') return new SignOnRefused('sign-on-refused', true);
    // They thought better of it, or the provider did not let them in.
    if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') return new SignOnRefused('sign-on-refused');
    // Nothing else says anything of who came: it is between the provider and us.
    return new SignOnRefused('provider-unavailable');
  }
}

/** Few providers say which prompts they know; of the others it is tried. */
function knows(provider: Provider, prompt: string): boolean {
  const { prompt_values_supported: known } = provider.serverMetadata();
  return !Array.isArray(known) || known.includes(prompt);
}

/** What somebody came back with, or what the provider says of them then, does not fit together. */
const UNFIT = new Set<unknown>([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

/** What went wrong, for the log: never what the provider sent along, which may let somebody in. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, error: said } = error as { code?: unknown; error?: unknown };
  return [error.message, code, said].filter((part) => typeof part === 'string').join(' ');
}

/** As names are kept here: on one line, with nothing in it that turns it, and not too long. */
function nameIn(claim: unknown): string | null {
  if (typeof claim !== 'string' || !claim.isWellFormed()) return null;
  return unturned(
    claim
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME)
      .toWellFormed(),
  );
}
