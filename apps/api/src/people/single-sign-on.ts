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

/** The path to which the provider sends people back. */
export const CALLBACK = '/api/v1/session/sign-on/callback';

/**
 * Values of `prompt` that make the provider ask who it is, instead of taking whoever was there last: to choose an
 * account or, where the provider does not know that, to sign in anew, which the standard requires of all.
 */
export const SELECT_ACCOUNT = 'select_account';
export const LOGIN = 'login';

/** What the provider is asked for: identity, e-mail address and name. */
const SCOPE = 'openid email profile';
/** How long the provider may take to answer, in seconds. */
const PATIENCE = 5;
/** How long the provider's metadata is kept before it is fetched again, in milliseconds. */
const KNOWN_FOR = 3_600_000;
const LONGEST_NAME = 200;

/** What the provider vouches for. */
interface Proven {
  readonly identity: Identity;
  /** Null if the provider gives none, or has not verified it. */
  readonly email: string | null;
  readonly name: string | null;
}

/**
 * Signs people in through a provider of OpenID Connect. The provider is contacted only when somebody signs in, so its
 * being unavailable affects nothing else.
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

  /** The name of the provider, as people know it; null if there is none. */
  get name(): string | null {
    return this.configuration.OIDC_ISSUER === undefined ? null : this.configuration.OIDC_NAME;
  }

  /**
   * The address to send somebody to, and the cookie that they have to bring back.
   * @param returnTo the path of this service to return to in the end.
   * @param prompt `SELECT_ACCOUNT` or `LOGIN`; undefined to accept silently whoever is signed in at the provider.
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
   * The attempt that somebody comes back from; null if they began none, began a newer one in another window, or took
   * too long.
   * @param query as the provider made it.
   */
  attemptOf(query: string, cookie: string | undefined): SignOnAttempt | null {
    const attempt = cookie === undefined ? null : attemptIn(cookie, Date.now());
    return attempt !== null && new URLSearchParams(query).get('state') === attempt.state ? attempt : null;
  }

  /**
   * The person who came back. Creates no person without an invitation.
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
      // Cannot happen: the checks above require an ID token.
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
   * The person of an identity: known by it, or by an address that the provider has verified, or invited to that
   * address.
   * @throws SignOnRefused
   */
  async #personOf({ identity, email, name }: Proven): Promise<Person> {
    const known = await this.people.findByIdentity(identity);
    if (known !== null) return known;
    if (email === null) throw new SignOnRefused('unverified-email');
    const person =
      (await this.#introduced({ identity, email, name })) ??
      // The same person may have come through another window a moment ago.
      (await this.people.findByIdentity(identity));
    if (person === null) throw new SignOnRefused('unknown-person');
    return person;
  }

  /** The person for a new identity, found by the verified address; null if there is none. */
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
   * Links an identity to a person. A password set before the provider verified the address never proved whose address
   * it is, so it is removed, and all sessions end. Null if the person already has another identity.
   */
  async #recognised(person: Person, identity: Identity): Promise<Person | null> {
    if (!(await this.people.identify(person.id, identity))) return null;
    this.sessions.changed();
    return { ...person, hasPassword: false };
  }

  /** The provider's metadata. @throws SignOnRefused when there is no provider, or it cannot be reached. */
  async #discovered(): Promise<Provider> {
    if (this.#provider === undefined || performance.now() - this.#provider.since > KNOWN_FOR) {
      this.#provider = { configuration: this.#discover(), since: performance.now() };
    }
    try {
      return await this.#provider.configuration;
    } catch (error) {
      // The next sign-on tries again.
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
    // The method that the provider supports; if it does not say, the standard's default: the header.
    const authentication: ClientAuth = (server, ...rest) => {
      const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
      const way = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
      way(OIDC_CLIENT_SECRET)(server, ...rest);
    };
    const issuer = new URL(OIDC_ISSUER);
    return discovery(issuer, OIDC_CLIENT_ID, undefined, authentication, {
      timeout: PATIENCE,
      // Checks the signature of ID tokens against the provider's published keys, beyond trusting the connection.
      execute: [
        enableNonRepudiationChecks,
        // Deprecated only as a warning: the configuration allows a provider without TLS only on this machine, for
        // trials and tests.
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
    // They cancelled, or the provider refused them.
    if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') return new SignOnRefused('sign-on-refused');
    // Everything else is a problem between the provider and this service, and says nothing about the person.
    return new SignOnRefused('provider-unavailable');
  }
}

/** Whether the provider supports a prompt. Few providers say; the others are asked with it anyway. */
function knows(provider: Provider, prompt: string): boolean {
  const { prompt_values_supported: known } = provider.serverMetadata();
  return !Array.isArray(known) || known.includes(prompt);
}

/** Errors that mean that what somebody came back with, or what the provider then says about them, does not match. */
const UNFIT = new Set<unknown>([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

/** The error for the log, without anything that the provider sent along, which may allow somebody in. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, error: said } = error as { code?: unknown; error?: unknown };
  return [error.message, code, said].filter((part) => typeof part === 'string').join(' ');
}

/** The name in the form that is stored: on one line, without direction controls, and not too long. */
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
