import type { SchemaObject } from '@nestjs/swagger';
import { organizationRoles } from '@connections/directory/roles';
import { id, moment, nullableMoment, nullableText, object, page, ref, text } from './schema-parts';

const email = (description: string): SchemaObject => text(description, { format: 'email' });
const role = (description: string): SchemaObject => text(description, { enum: [...organizationRoles] });

const invitation = (shown: Record<string, SchemaObject> = {}): SchemaObject =>
  object({
    type: text('Always `invitations`.', { enum: ['invitations'] }),
    id: id('inv', 'The id of the invitation.'),
    attributes: object({
      email: email('Who is invited, in lower case.'),
      role: role('What they may do once they have joined.'),
      state: text('What has become of it.', { enum: ['open', 'accepted', 'revoked', 'expired'] }),
      'created-at': moment('When it was made, in UTC.'),
      'expires-at': moment('Until when it can be accepted.'),
      'accepted-at': nullableMoment('When it was accepted; null while it was not.'),
      'revoked-at': nullableMoment('When it was revoked; null while it was not.'),
      ...shown,
    }),
  });

export const peopleSchemas: Record<string, SchemaObject> = {
  SignInMethodsAnswer: object({
    data: object({
      type: text('Always `sign-in-methods`.', { enum: ['sign-in-methods'] }),
      attributes: object({
        password: { type: 'boolean', description: 'Whether an e-mail address and a password let in.' },
        'single-sign-on': {
          oneOf: [object({ name: text('How the provider is called.') }), { type: 'null' }],
          description: 'The provider that people can sign in by, at `/api/v1/session/sign-on`; null for none.',
        },
      }),
    }),
  }),
  Session: object({
    type: text('Always `sessions`.', { enum: ['sessions'] }),
    id: id('ses', 'The id of the session; not what lets in.'),
    attributes: object({
      person: object({
        id: id('usr', 'What events call the person.'),
        name: text('How they are called.'),
        email: email('Their e-mail address, in lower case.'),
      }),
      memberships: {
        type: 'array',
        items: ref('SessionMembership'),
        description: 'What they belong to, the oldest membership first. `Connect-Organization` chooses among them.',
      },
      'has-password': { type: 'boolean', description: 'Whether there is a password to change.' },
      'created-at': moment('When the person signed in.'),
      'idle-expires-at': moment('When the session ends unless it is used before.'),
      'expires-at': moment('When it ends however much it is used.'),
    }),
  }),
  SessionMembership: object({
    'organization-id': id('org', 'The organization.'),
    'organization-name': text('Its name.'),
    role: role('What the person may do for it.'),
  }),
  SessionAnswer: object({ data: ref('Session') }),
  EndedSessionsAnswer: object({
    data: ref('Session'),
    meta: object({ ended: { type: 'integer', minimum: 1, description: 'How many sessions were ended.' } }),
  }),
  Member: object({
    type: text('Always `members`.', { enum: ['members'] }),
    id: id('usr', 'The id of the person, which events have for what they did.'),
    attributes: object({
      name: text('How they are called.'),
      email: email('Their e-mail address, in lower case.'),
      role: role('What they may do.'),
      'joined-at': moment('When they joined the organization, in UTC.'),
      'last-seen-at': nullableMoment('When they last spoke for it, to a minute or so; null for never.'),
    }),
  }),
  MemberAnswer: object({ data: ref('Member') }),
  MemberPage: page('Member', 'next'),
  Invitation: invitation(),
  CreatedInvitation: invitation({
    link: nullableText(
      'What to give to them: shown this once and kept nowhere. Null in the repeated answer to a retry.',
    ),
  }),
  InvitationAnswer: object({ data: ref('Invitation') }),
  CreatedInvitationAnswer: object({ data: ref('CreatedInvitation') }),
  InvitationPage: page('Invitation', 'next'),
  InvitationViewAnswer: object({
    data: object({
      type: text('Always `invitation-views`.', { enum: ['invitation-views'] }),
      attributes: object({
        'organization-name': text('The organization to join.'),
        email: email('Who is invited.'),
        role: role('What they may do once they have joined.'),
        'has-account': {
          type: 'boolean',
          description: 'Whether they have an account already, and sign in; else they set a password.',
        },
        'expires-at': moment('Until when it can be accepted.'),
      }),
    }),
  }),
};
