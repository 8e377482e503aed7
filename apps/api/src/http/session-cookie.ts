import { fastifyCookie } from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Browsers accept a cookie with this prefix only over TLS or from the machine itself, and bind it to this very host.
 */
const NAME = '__Host-session';
/** The cookie that a browser has to bring back from the provider of single sign-on. */
const SIGN_ON = '__Host-sign-on';

/** The cookie that says how the provider is to be asked next time. */
const SIGN_ON_PROMPT = '__Host-sign-on-prompt';

/** Hidden from scripts, and sent from other sites only when somebody follows a link. */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** Prepares the reading and writing of cookies. */
export function readCookies(fastify: FastifyInstance): void {
  // In a context of its own: its hooks would otherwise run for every request, and few carry a cookie.
  void fastify.register(async (corner) => {
    await corner.register(fastifyCookie, { hook: false });
  });
}

/** The session token of a request; undefined if it has no such cookie. */
export const sessionTokenIn = (request: FastifyRequest): string | undefined => cookieIn(request, NAME);

/** @param expiresAt the absolute end of the session, in ISO 8601. */
export function giveSession(reply: FastifyReply, token: string, expiresAt: string): void {
  // In seconds from now, since the browser's clock may differ.
  const maxAge = Math.floor((Date.parse(expiresAt) - Date.now()) / 1_000);
  void reply.header('set-cookie', fastifyCookie.serialize(NAME, token, { ...ATTRIBUTES, maxAge }));
}

export function takeSession(reply: FastifyReply): void {
  void reply.header('set-cookie', fastifyCookie.serialize(NAME, '', { ...ATTRIBUTES, maxAge: 0 }));
}

/** The sign-on cookie; undefined if the browser was not sent to the provider, or that was too long ago. */
export const signOnIn = (request: FastifyRequest): string | undefined => cookieIn(request, SIGN_ON);

/** @param maxAge in seconds. */
export function giveSignOn(reply: FastifyReply, value: string, maxAge: number): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON, value, { ...ATTRIBUTES, maxAge }));
}

export function takeSignOn(reply: FastifyReply): void {
  giveSignOn(reply, '', 0);
}

/** The `prompt` values of OpenID Connect. */
export type SignOnPrompt = 'select_account' | 'login';

/** How to ask the provider next time; undefined to leave it to the provider. */
export function signOnPromptIn(request: FastifyRequest): SignOnPrompt | undefined {
  const prompt = cookieIn(request, SIGN_ON_PROMPT);
  return prompt === 'select_account' || prompt === 'login' ? prompt : undefined;
}

/** Lasts until the browser is closed, or somebody signs in by single sign-on. */
export function giveSignOnPrompt(reply: FastifyReply, prompt: SignOnPrompt): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON_PROMPT, prompt, ATTRIBUTES));
}

export function takeSignOnPrompt(reply: FastifyReply): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON_PROMPT, '', { ...ATTRIBUTES, maxAge: 0 }));
}

const cookieIn = ({ headers: { cookie } }: FastifyRequest, name: string): string | undefined =>
  cookie === undefined ? undefined : fastifyCookie.parse(cookie)[name];
