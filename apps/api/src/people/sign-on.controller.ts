import { Controller, Get, Inject, Redirect, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Person } from '@connections/directory/people';
import { FromOurPages } from '../http/credentials.guard';
import { Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import {
  giveSignOn,
  giveSignOnPrompt,
  type SignOnPrompt,
  signOnIn,
  signOnPromptIn,
  takeSignOn,
  takeSignOnPrompt,
} from '../http/session-cookie';
import { LOG } from '../log';
import { Documented } from '../openapi/documented';
import { completeSignOn, signOn } from '../openapi/session-operations';
import { SignOnParameters } from './people.dto';
import { ATTEMPT_LASTS } from './sign-on-attempt';
import { SignIns } from './sign-ins';
import { type SignOnProblem, SignOnRefused } from './sign-on-problems';
import { LOGIN, SELECT_ACCOUNT, SingleSignOn } from './single-sign-on';

interface Redirection {
  readonly url: string;
  readonly statusCode: number;
}

/** Sends a browser to the provider, and receives it back. All errors are shown on the sign-in page. */
@Controller('/api/v1/session/sign-on')
export class SignOnController {
  constructor(
    private readonly singleSignOn: SingleSignOn,
    private readonly signIns: SignIns,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Documented(signOn)
  @Get()
  @FromOurPages()
  @Redirect()
  async begin(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(SignOnParameters) { 'return-to': returnTo }: SignOnParameters,
  ): Promise<Redirection> {
    return this.#orTold(request, returnTo, () => this.#sendOff(reply, returnTo, signOnPromptIn(request)));
  }

  @Documented(completeSignOn)
  @Get('callback')
  @FromOurPages()
  @Redirect()
  async complete(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirection> {
    const { search: query } = new URL(request.url, 'http://localhost');
    const attempt = this.singleSignOn.attemptOf(query, signOnIn(request));
    return this.#orTold(request, attempt?.returnTo ?? '/', async () => {
      // A cookie of another attempt is kept, for whoever comes back from that one.
      if (attempt === null) throw new SignOnRefused('sign-on-expired');
      // Each attempt can be used once.
      takeSignOn(reply);
      const prompt = signOnPromptIn(request);
      if (prompt === SELECT_ACCOUNT && isNotUnderstood(query)) {
        giveSignOnPrompt(reply, LOGIN);
        return this.#sendOff(reply, attempt.returnTo, LOGIN);
      }
      const completed = (): Promise<Person> => this.singleSignOn.complete(query, attempt);
      const person = await this.signIns.counted(request, completed, isFailure).catch((error: unknown) => {
        // A provider that understands neither prompt is asked without one from then on.
        if (isNotUnderstood(query)) takeSignOnPrompt(reply);
        else if (isAboutThem(error)) giveSignOnPrompt(reply, prompt ?? SELECT_ACCOUNT);
        throw error;
      });
      await this.signIns.begin(request, reply, { person, by: 'single sign-on' });
      if (prompt !== undefined) takeSignOnPrompt(reply);
      return attempt.returnTo;
    });
  }

  async #sendOff(reply: FastifyReply, returnTo: string, prompt?: SignOnPrompt): Promise<string> {
    const { url, cookie } = await this.singleSignOn.begin(returnTo, prompt);
    giveSignOn(reply, cookie, ATTEMPT_LASTS);
    return url;
  }

  /** @param returnTo the path to show once they have signed in another way. */
  async #orTold(request: FastifyRequest, returnTo: string, work: () => Promise<string>): Promise<Redirection> {
    try {
      return found(await work());
    } catch (error) {
      const problem = problemOf(error);
      // The URL is not logged: what the provider put there may allow somebody in.
      if (problem === 'internal') this.log.error({ requestId: request.id, err: error }, 'single sign-on failed');
      const way = { problem, ...(returnTo !== '/' && { 'return-to': returnTo }) };
      return found(`/sign-in?${new URLSearchParams(way).toString()}`);
    }
  }
}

/** A mismatch counts, since it may have been forged, and made this service call the provider. */
const isFailure = (error: unknown): boolean => error instanceof SignOnRefused && error.isFailure;

/** Whether the error is about the person. Unless it is made to ask, the provider would send the same one again. */
const isAboutThem = (error: unknown): boolean =>
  error instanceof SignOnRefused && ['sign-on-refused', 'unverified-email', 'unknown-person'].includes(error.problem);

/** Whether the provider says that it did not understand the request. */
const isNotUnderstood = (query: string): boolean => new URLSearchParams(query).get('error') === 'invalid_request';

const found = (url: string): Redirection => ({ url, statusCode: 302 });

function problemOf(error: unknown): SignOnProblem {
  if (error instanceof SignOnRefused) return error.problem;
  return error instanceof ProblemError && error.problems.some(({ code }) => code === 'rate-limited')
    ? 'too-many'
    : 'internal';
}
