import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { People } from '@connections/directory/people';
import { type Session, Sessions } from '@connections/directory/sessions';
import type { JsonObject } from '@connections/event-store/event-store';
import { Attributes, NoAttributes } from '../http/attributes';
import { FromOurPages, NeedsPerson } from '../http/credentials.guard';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import { SessionOf } from '../http/request';
import { giveSignOnPrompt, takeSession } from '../http/session-cookie';
import { Documented } from '../openapi/documented';
import {
  changePassword,
  endAllSessions,
  endSession,
  listSignInMethods,
  retrieveSession,
  signIn,
} from '../openapi/session-operations';
import { ChangePasswordAttributes, SignInAttributes } from './people.dto';
import { SESSIONS, SessionResources } from './session.resource';
import { SignIns } from './sign-ins';
import { SELECT_ACCOUNT, SingleSignOn } from './single-sign-on';

/** Signing in and out. */
@Controller('/api/v1/session')
export class SessionController {
  constructor(
    private readonly signIns: SignIns,
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly resources: SessionResources,
    private readonly singleSignOn: SingleSignOn,
  ) {}

  @Documented(listSignInMethods)
  @Get('methods')
  @FromOurPages()
  methods(@Parameters(NoParameters) _: NoParameters): JsonObject {
    const { name } = this.singleSignOn;
    const attributes = { password: true, 'single-sign-on': name === null ? null : { name } };
    return { data: { type: 'sign-in-methods', attributes } };
  }

  @Documented(signIn)
  @Post()
  @FromOurPages()
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: SignInAttributes, type: SESSIONS }) { email, password }: SignInAttributes,
  ): Promise<JsonObject> {
    const known = await this.signIns.withPassword(request, email, password);
    const session = await this.signIns.begin(request, reply, { ...known, by: 'password' });
    return { data: await this.resources.of(session) };
  }

  @Documented(retrieveSession)
  @Get()
  @NeedsPerson()
  async retrieve(@SessionOf() session: Session, @Parameters(NoParameters) _: NoParameters): Promise<JsonObject> {
    return { data: await this.resources.of(session) };
  }

  @Documented(endSession)
  @Post('end')
  @HttpCode(200)
  @NeedsPerson()
  async end(
    @SessionOf() session: Session,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: NoAttributes, type: SESSIONS }) __: NoAttributes,
  ): Promise<JsonObject> {
    const data = await this.resources.of(session);
    await this.sessions.end(session.id);
    this.#signOut(reply);
    return { data };
  }

  @Documented(endAllSessions)
  @Post('end-all')
  @HttpCode(200)
  @NeedsPerson()
  async endAll(
    @SessionOf() session: Session,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: NoAttributes, type: SESSIONS }) __: NoAttributes,
  ): Promise<JsonObject> {
    const data = await this.resources.of(session);
    const ended = await this.sessions.endAll(session.personId);
    this.#signOut(reply);
    return { data, meta: { ended } };
  }

  /** Signs this person out everywhere else. */
  @Documented(changePassword)
  @Post('password')
  @HttpCode(200)
  @NeedsPerson()
  async changePassword(
    @Req() request: FastifyRequest,
    @SessionOf() session: Session,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: ChangePasswordAttributes, type: SESSIONS }) attributes: ChangePasswordAttributes,
  ): Promise<JsonObject> {
    const { 'current-password': current, 'new-password': next } = attributes;
    const { personId } = session;
    const { email } = (await this.people.find(personId)) ?? { email: '' };
    const { person, passwordHash: verified } = await this.signIns
      .withPassword(request, email, current, session)
      .catch((error: unknown) => {
        throw isRefusal(error) ? wrongPassword() : error;
      });
    const passwordHash = await this.signIns.inTurn(request, email, () =>
      this.people.setPassword(personId, next, verified),
    );
    if (passwordHash === null) throw wrongPassword();
    this.sessions.changed();
    const begun = await this.signIns.begin(request, reply, { person, passwordHash, by: 'password' });
    return { data: await this.resources.of(begun) };
  }

  /** Makes the provider ask who it is next time: its own session goes on, and would let in the next user of this browser. */
  #signOut(reply: FastifyReply): void {
    takeSession(reply);
    if (this.singleSignOn.name !== null) giveSignOnPrompt(reply, SELECT_ACCOUNT);
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError && error.problems.some(({ code }) => code === 'sign-in-refused');

/** Not the refusal of a sign-in, which would make the dashboard think that the person was signed out. */
const wrongPassword = (): ProblemError =>
  new ProblemError({
    code: 'wrong-password',
    details: 'The current password is another one.',
    source: { pointer: '/data/attributes/current-password' },
  });
