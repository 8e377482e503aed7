import type { Operation } from './documented';
import { id } from './schema-parts';
import { session } from './session-operations';

const tag = 'People';
const example = (summary: string, value: object) => ({ summary, value });

const invitation = {
  type: 'invitations',
  id: 'inv_ABC123',
  attributes: {
    email: 'grace@example.com',
    role: 'member',
    state: 'open',
    'created-at': '2018-06-01T00:00:00.000Z',
    'expires-at': '2018-06-08T00:00:00.000Z',
    'accepted-at': null,
    'revoked-at': null,
  },
};

const created = {
  ...invitation,
  attributes: { ...invitation.attributes, link: 'https://connections.example.com/invitations#<token, shown once>' },
};

export const createInvitation: Operation = {
  id: 'createInvitation',
  tag,
  summary: 'Invite somebody to your organization',
  description:
    'The answer is the only time that the link is shown: give it to them yourself, since nothing is sent. It works once, within seven days. An earlier invitation of the same address that is still open is revoked.',
  requests: {
    member: example('Somebody who is to take part', {
      data: { attributes: { email: 'grace@example.com', role: 'member' } },
    }),
  },
  answers: [
    {
      status: 201,
      description: 'The invitation, and its link.',
      content: 'CreatedInvitationAnswer',
      examples: { created: example('An invitation', { data: created }) },
    },
  ],
  errors: ['already-member'],
};

export const listInvitations: Operation = {
  id: 'listInvitations',
  tag,
  summary: 'List invitations',
  description: 'Whatever became of them, without their links; newest first.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'InvitationPage',
      examples: { page: example('The last page', { data: [invitation], links: { next: null } }) },
    },
  ],
};

export const revokeInvitation: Operation = {
  id: 'revokeInvitation',
  tag,
  summary: 'Take an invitation back',
  description: 'One that was revoked before stays as it was; of one that was accepted, remove the member.',
  pathId: id('inv', 'The id of an invitation.'),
  requests: { none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }) },
  answers: [
    {
      status: 200,
      description: 'The invitation, revoked.',
      content: 'InvitationAnswer',
      examples: {
        revoked: example('A revoked invitation', {
          data: {
            ...invitation,
            attributes: { ...invitation.attributes, state: 'revoked', 'revoked-at': '2018-06-02T00:00:00.000Z' },
          },
        }),
      },
    },
  ],
  errors: ['invitation-ended'],
};

const token = '<what stands behind the # of the link>';

export const viewInvitation: Operation = {
  id: 'viewInvitation',
  tag,
  summary: 'See what an invitation is for',
  description: 'For whoever has the link. Nothing changes by it.',
  requests: { link: example('The token of a link', { data: { attributes: { token } } }) },
  answers: [
    {
      status: 200,
      description: 'What it is for.',
      content: 'InvitationViewAnswer',
      examples: {
        view: example('An invitation of somebody who has no account yet', {
          data: {
            type: 'invitation-views',
            attributes: {
              'organization-name': 'Acme',
              email: 'grace@example.com',
              role: 'member',
              'has-account': false,
              'expires-at': '2018-06-08T00:00:00.000Z',
            },
          },
        }),
      },
    },
  ],
  errors: ['not-found', 'invitation-ended'],
};

export const acceptInvitation: Operation = {
  id: 'acceptInvitation',
  tag,
  summary: 'Join an organization',
  description: [
    'Whoever has no account yet makes one by it, with `name` and `password`. Whoever has one gives its `password`, or is signed in already, needs neither, and goes on with that session.',
    'The answer is that of a sign-in. As with that, there is no effect of an `Idempotency-Key`: an invitation works once by itself.',
  ].join('\n\n'),
  requests: {
    anew: example('Somebody who has no account yet', {
      data: { attributes: { token, name: 'Grace Hopper', password: 'correct horse battery staple' } },
    }),
    known: example('Somebody who has one', {
      data: { attributes: { token, password: 'correct horse battery staple' } },
    }),
  },
  answers: [
    {
      status: 201,
      description: 'The session of the person who has joined; a cookie comes with it where it begins by this.',
      content: 'SessionAnswer',
      headers: ['Set-Cookie'],
      examples: { session: example('A session', { data: session }) },
    },
  ],
  errors: ['not-found', 'invitation-ended', 'wrong-person', 'sign-in-refused', 'account-exists', 'rate-limited'],
};
