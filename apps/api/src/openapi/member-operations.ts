import type { Operation } from './documented';
import { id } from './schema-parts';

const tag = 'People';
const example = (summary: string, value: object) => ({ summary, value });
const memberId = id('usr', 'The id of a person.');

const member = {
  type: 'members',
  id: 'usr_ABC123',
  attributes: {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    role: 'admin',
    'joined-at': '2018-06-01T00:00:00.000Z',
    'last-seen-at': '2018-06-02T00:00:00.000Z',
  },
};

export const listMembers: Operation = {
  id: 'listMembers',
  tag,
  summary: 'List the people of your organization',
  description: 'Whoever joined last comes first.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'MemberPage',
      examples: { page: example('The last page', { data: [member], links: { next: null } }) },
    },
  ],
};

export const changeMemberRole: Operation = {
  id: 'changeMemberRole',
  tag,
  summary: 'Change what a member may do',
  description:
    'It takes effect at once. If the person is no longer an admin, the open invitations that they made end. The last admin of an organization keeps that role.',
  pathId: memberId,
  requests: { auditor: example('To read and export only', { data: { attributes: { role: 'auditor' } } }) },
  answers: [
    {
      status: 200,
      description: 'The member, as they are now.',
      content: 'MemberAnswer',
      examples: {
        changed: example('A member', { data: { ...member, attributes: { ...member.attributes, role: 'auditor' } } }),
      },
    },
  ],
  errors: ['last-admin'],
};

export const removeMember: Operation = {
  id: 'removeMember',
  tag,
  summary: 'Remove a member',
  description:
    'From now on the person sees nothing of the organization. The open invitations that they made end; everything else that they did for it stays. The last admin of an organization cannot be removed.',
  pathId: memberId,
  requests: { none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }) },
  answers: [
    {
      status: 200,
      description: 'The member, as they were.',
      content: 'MemberAnswer',
      examples: { removed: example('A member', { data: member }) },
    },
  ],
  errors: ['last-admin'],
};
