import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Invitation, InvitationEnded, Invitations, stateOf } from '@connections/directory/invitations';
import { Organizations } from '@connections/directory/organizations';
import { Passwords, shortestPassword } from '@connections/directory/passwords';
import { type NewPerson, People, type Person } from '@connections/directory/people';
import type { Session } from '@connections/directory/sessions';
import type { JsonObject } from '@connections/event-store/event-store';
import { Attributes } from '../http/attributes';
import { FromOurPages } from '../http/credentials.guard';
import { NoParameters, Parameters } from '../http/parameters';
import { type Problem, ProblemError } from '../http/problems';
import { SignedIn } from '../http/signed-in';
import { Documented } from '../openapi/documented';
import { acceptInvitation, viewInvitation } from '../openapi/invitation-operations';
import { AcceptInvitationAttributes, ViewInvitationAttributes } from './people.dto';
import { SESSIONS, SessionResources } from './session.resource';
import { SignIns } from './sign-ins';

const VIEWS = 'invitation-views';

/** For everybody with the link of an invitation: shows the invitation, and lets them join. */
@Controller('/api/v1/invitations')
export class JoiningController {
  constructor(
    private readonly invitations: Invitations,
    private readonly people: People,
    private readonly passwords: Passwords,
    private readonly organizations: Organizations,
    private readonly signIns: SignIns,
    private readonly signedIn: SignedIn,
    private readonly sessions: SessionResources,
  ) {}

  @Documented(viewInvitation)
  @Post('view')
  @HttpCode(200)
  @FromOurPages()
  async view(
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: ViewInvitationAttributes, type: VIEWS }) { token }: ViewInvitationAttributes,
  ): Promise<JsonObject> {
    const { organizationId, email, role, expiresAt } = await this.#open(token);
    const organization = await this.organizations.find(organizationId);
    return {
      data: {
        type: VIEWS,
        attributes: {
          'organization-name': organization?.name ?? organizationId,
          email,
          role,
          'has-account': (await this.people.findByEmail(email)) !== null,
          'expires-at': expiresAt,
        },
      },
    };
  }

  @Documented(acceptInvitation)
  @Post('accept')
  @FromOurPages()
  async accept(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: AcceptInvitationAttributes, type: SESSIONS }) attributes: AcceptInvitationAttributes,
  ): Promise<JsonObject> {
    const invitation = await this.#open(attributes.token);
    const { who, session } = await this.#whoJoins(request, invitation, attributes);
    const person = await this.invitations.accept(invitation.id, who, new Date());
    if (session !== null) return { data: await this.sessions.of(session) };
    const passwordHash = who.passwordHash ?? undefined;
    const begun = await this.signIns.begin(request, reply, { person, passwordHash, by: 'invitation' });
    return { data: await this.sessions.of(begun) };
  }

  /** @throws ProblemError, or InvitationEnded. */
  async #open(token: string): Promise<Invitation> {
    const invitation = await this.invitations.findByToken(token);
    if (invitation === null) {
      const details = 'This link leads to no invitation. Was it copied as a whole?';
      throw new ProblemError({ code: 'not-found', details, source: { pointer: '/data/attributes/token' } });
    }
    const state = stateOf(invitation, new Date());
    if (state !== 'open') throw new InvitationEnded(state);
    return invitation;
  }

  /**
   * The person who accepts the invitation: identified by password, by session, or newly created.
   * @throws ProblemError
   */
  async #whoJoins(
    request: FastifyRequest,
    { email }: Invitation,
    { name, password }: AcceptInvitationAttributes,
  ): Promise<Joining> {
    const account = await this.people.findByEmail(email);
    if (account !== null && password != null) {
      const { person, passwordHash } = await this.signIns.withPassword(request, email, password);
      return { who: { personId: person.id, passwordHash }, session: null };
    }
    const session = await this.signedIn.find(request);
    if (session !== null && password == null) {
      if (session.personId === account?.id) return { who: { personId: account.id }, session };
      throw new ProblemError({ code: 'wrong-person', details: wrongPerson(email, account) });
    }
    if (account !== null) throw new ProblemError(missing('password', 'Sign in first, or give your password.'));
    const problems = [
      ...(name == null ? [missing('name', 'Say how you are called.')] : []),
      ...(password == null ? [missing('password', 'Set a password.')] : []),
      ...(password != null && password.length < shortestPassword ? [tooShort()] : []),
    ];
    if (problems.length > 0 || name == null || password == null) throw new ProblemError(problems);
    const passwordHash = await this.signIns.inTurn(request, email, () => this.passwords.hash(password));
    return { who: { name, email, passwordHash }, session: null };
  }
}

interface Joining {
  readonly who: { readonly personId: string; readonly passwordHash?: string } | NewPerson;
  /**
   * The session that alone identifies the person, otherwise null. It is kept as it is, rather than replaced by a new
   * one that would last longer.
   */
  readonly session: Session | null;
}

const wrongPerson = (email: string, account: Person | null): string =>
  `This invitation is for ${email}, and you are signed in as somebody else. Sign out first${account === null ? '' : ', and in as them'}.`;

const missing = (attribute: string, todo: string): Problem => ({
  code: 'missing-attribute',
  details: `${JSON.stringify(attribute)} is missing: ${todo}`,
  source: { pointer: `/data/attributes/${attribute}` },
});

const tooShort = (): Problem => ({
  code: 'invalid-attribute',
  details: `password must have at least ${shortestPassword} characters.`,
  source: { pointer: '/data/attributes/password' },
});
