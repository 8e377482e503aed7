import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Memberships } from '@connections/directory/memberships';
import type { Caller } from '@connections/directory/roles';
import { type Session, Sessions } from '@connections/directory/sessions';
import { Configuration } from '@connections/host/configuration';
import { ProblemError } from './problems';
import { refuseCrossSite } from './same-origin';
import { sessionTokenIn } from './session-cookie';

/** The header that names the organization for which a person acts. */
const HEADER = 'Connect-Organization';

/** The header that names the person to whom a page is shown. */
const PERSON = 'Connect-Person';

/**
 * All windows of a browser share one cookie: a page may still be shown to a person who has signed out, while another
 * has signed in. What is done on that page must not be done as the other.
 * @throws ProblemError when the request names another person than the one who is signed in.
 */
export function refuseAnother({ headers }: FastifyRequest, { personId }: Session): void {
  const named = headers['connect-person'];
  if (named === undefined || named === personId) return;
  const details = `Somebody else is signed in than the person that ${PERSON} names. Ask GET /api/v1/session who it is.`;
  throw new ProblemError({ code: 'another-person', details, source: { header: PERSON } });
}

/** Tells which person is signed in, and for which organization they act. */
@Injectable()
export class SignedIn {
  constructor(
    private readonly sessions: Sessions,
    private readonly memberships: Memberships,
    @Inject(Configuration) private readonly configuration: Configuration,
  ) {}

  /** @throws ProblemError when there is no session, or the request may come from another site's page. */
  async sessionOf(request: FastifyRequest): Promise<Session> {
    refuseCrossSite(request, this.configuration.PUBLIC_URL);
    const session = await this.find(request);
    if (session !== null) return session;
    const details = 'You are not signed in, or your session has ended. Sign in, and try again.';
    throw new ProblemError({ code: 'unauthenticated', details });
  }

  /** The valid session of a request; null if there is none. */
  async find(request: FastifyRequest): Promise<Session | null> {
    const token = sessionTokenIn(request);
    if (token === undefined) return null;
    return isUnattended(request)
      ? this.sessions.look(token, Date.now())
      : this.sessions.authenticate(token, Date.now());
  }

  /**
   * The person as a member of the organization for which they act.
   * @throws ProblemError when the request names no organization, or one that they do not belong to, as if it did not
   * exist.
   */
  async callerOf(request: FastifyRequest, { personId }: Session): Promise<Caller> {
    const named = request.headers['connect-organization'];
    const all = await this.memberships.of(personId);
    if (named === undefined && all.length !== 1) throw unclear(all.length);
    const membership = named === undefined ? all[0] : all.find(({ organizationId }) => organizationId === named);
    if (membership === undefined) {
      const details = 'No organization with this id is visible to you.';
      throw new ProblemError({ code: 'not-found', details, source: { header: HEADER } });
    }
    const { organizationId, role } = membership;
    if (!isUnattended(request)) await this.memberships.seen(organizationId, personId, Date.now());
    return { type: 'user', id: personId, role, organizationId };
  }
}

/** Whether a page sent the request by itself, without a person's action. */
const isUnattended = ({ headers }: FastifyRequest): boolean => headers['connect-unattended'] === 'true';

const unclear = (many: number): ProblemError =>
  new ProblemError({
    code: 'invalid-header',
    details:
      many === 0
        ? `You belong to no organization that ${HEADER} could name. Ask an admin for an invitation.`
        : `You belong to several organizations: ${HEADER} has to say for which of them you speak.`,
    source: { header: HEADER },
  });
