import { fastifyCookie } from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Browsers take a cookie of this prefix only over TLS, or from the machine itself, and only from this very host. */
const NAME = '__Host-session';
/** The same for what somebody has to bring back from the provider of single sign-on. */
const SIGN_ON = '__Host-sign-on';

/** And for how the provider is to be asked, next time. */
const SIGN_ON_PROMPT = '__Host-sign-on-prompt';

/** Read by no script, and sent along from other sites only when somebody follows a link. */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** Makes ready what reads and writes cookies. */
export function readCookies(fastify: FastifyInstance): void {
  // In a corner of its own: its hooks would run with every request, and few come with a cookie.
  void fastify.register(async (corner) => {
    await corner.register(fastifyCookie, { hook: false });
  });
}

/** The token of the session that a request comes with; undefined when it has no such cookie. */
export const sessionTokenIn = (request: FastifyRequest): string | undefined => cookieIn(request, NAME);

/** @param expiresAt when the session ends however much it is used, in ISO 8601. */
export function giveSession(reply: FastifyReply, token: string, expiresAt: string): void {
  // In seconds from now: the clock of the browser may be another one.
  const maxAge = Math.floor((Date.parse(expiresAt) - Date.now()) / 1_000);
  void reply.header('set-cookie', fastifyCookie.serialize(NAME, token, { ...ATTRIBUTES, maxAge }));
}

export function takeSession(reply: FastifyReply): void {
  void reply.header('set-cookie', fastifyCookie.serialize(NAME, '', { ...ATTRIBUTES, maxAge: 0 }));
}

/** What somebody brings back from the provider; undefined when they were not sent there, or long ago. */
export const signOnIn = (request: FastifyRequest): string | undefined => cookieIn(request, SIGN_ON);

/** @param maxAge in seconds. */
export function giveSignOn(reply: FastifyReply, value: string, maxAge: number): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON, value, { ...ATTRIBUTES, maxAge }));
}

export function takeSignOn(reply: FastifyReply): void {
  giveSignOn(reply, '', 0);
}

/** As OpenID Connect has it. */
export type SignOnPrompt = 'select_account' | 'login';

/** How the provider is to be asked next time; undefined for as it likes. */
export function signOnPromptIn(request: FastifyRequest): SignOnPrompt | undefined {
  const prompt = cookieIn(request, SIGN_ON_PROMPT);
  return prompt === 'select_account' || prompt === 'login' ? prompt : undefined;
}

/** It goes when the browser is closed, or somebody comes by single sign-on. */
export function giveSignOnPrompt(reply: FastifyReply, prompt: SignOnPrompt): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON_PROMPT, prompt, ATTRIBUTES));
}

export function takeSignOnPrompt(reply: FastifyReply): void {
  void reply.header('set-cookie', fastifyCookie.serialize(SIGN_ON_PROMPT, '', { ...ATTRIBUTES, maxAge: 0 }));
}

const cookieIn = ({ headers: { cookie } }: FastifyRequest, name: string): string | undefined =>
  cookie === undefined ? undefined : fastifyCookie.parse(cookie)[name];
