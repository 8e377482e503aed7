import { Injectable } from '@nestjs/common';
import { Memberships } from '@connections/directory/memberships';
import { Organizations } from '@connections/directory/organizations';
import { People } from '@connections/directory/people';
import type { Session } from '@connections/directory/sessions';
import type { JsonObject } from '@connections/event-store/event-store';

export const SESSIONS = 'sessions';

/** A session for the person signed in: who they are, and which organizations they belong to. */
@Injectable()
export class SessionResources {
  constructor(
    private readonly people: People,
    private readonly memberships: Memberships,
    private readonly organizations: Organizations,
  ) {}

  async of(session: Session): Promise<JsonObject> {
    const [person, memberships] = await Promise.all([
      this.people.find(session.personId),
      this.memberships.of(session.personId),
    ]);
    if (person === null) throw new Error(`The session ${session.id} is of nobody.`);
    const names = await this.organizations.names(memberships.map(({ organizationId }) => organizationId));
    return {
      type: SESSIONS,
      id: session.id,
      attributes: {
        person: { id: person.id, name: person.name, email: person.email },
        memberships: memberships.map(({ organizationId, role }) => ({
          'organization-id': organizationId,
          'organization-name': names.get(organizationId) ?? organizationId,
          role,
        })),
        'has-password': person.hasPassword,
        'created-at': session.createdAt,
        'idle-expires-at': session.idleExpiresAt,
        'expires-at': session.expiresAt,
      },
    };
  }
}
