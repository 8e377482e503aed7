import type { Operation } from './documented';
import * as examples from './examples';
import { id } from './schema-parts';

const tag = 'Directory';
const example = (summary: string, value: object) => ({ summary, value });

export const retrieveOrganization: Operation = {
  id: 'retrieveOrganization',
  tag,
  summary: 'Retrieve your own organization',
  description: 'Its Organization ID is what partners create connections to.',
  answers: [
    {
      status: 200,
      description: 'Your organization.',
      content: 'OrganizationAnswer',
      examples: { own: example('An organization', { data: examples.organization }) },
    },
  ],
  errors: ['not-found'],
};

export const createOrganization: Operation = {
  id: 'createOrganization',
  tag,
  summary: 'Create an organization',
  requests: { organization: example('An organization', { data: { attributes: { name: 'Acme' } } }) },
  answers: [
    {
      status: 201,
      description: 'The organization.',
      content: 'OrganizationAnswer',
      headers: ['Location'],
      examples: { created: example('An organization', { data: examples.organization }) },
    },
  ],
};

export const listOrganizations: Operation = {
  id: 'listOrganizations',
  tag,
  summary: 'List organizations',
  description: 'All of them, newest first.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'OrganizationPage',
      examples: { page: example('The last page', { data: [examples.organization], links: { next: null } }) },
    },
  ],
};

export const createApiKey: Operation = {
  id: 'createApiKey',
  tag,
  summary: 'Create an API key',
  description:
    'An organization’s admin makes keys for its own organization; the platform for every one, and for itself. The answer is the only time that the key is shown.',
  requests: {
    organization: example('By an organization’s admin', {
      data: { attributes: { role: 'member', name: 'Back office' } },
    }),
    expiring: example('One that ends by itself', {
      data: { attributes: { role: 'auditor', name: 'Review', 'expires-at': '2099-12-31T23:59:59Z' } },
    }),
  },
  answers: [
    {
      status: 201,
      description: 'The credential, and the key.',
      content: 'CreatedApiKeyAnswer',
      examples: { created: example('A key', { data: examples.createdApiKey }) },
    },
  ],
  errors: ['foreign-organization', 'unknown-organization'],
};

export const listApiKeys: Operation = {
  id: 'listApiKeys',
  tag,
  summary: 'List API keys',
  description: 'Without the keys themselves; newest first. Of your own organization, or, for the platform, of all.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'ApiKeyPage',
      examples: { page: example('The last page', { data: [examples.apiKey], links: { next: null } }) },
    },
  ],
  errors: ['foreign-organization'],
};

export const revokeApiKey: Operation = {
  id: 'revokeApiKey',
  tag,
  summary: 'Revoke an API key',
  description: 'It ends at once and for ever. A key that was revoked before stays as it was.',
  pathId: id('api', 'The id of an API key.'),
  requests: { none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }) },
  answers: [
    {
      status: 200,
      description: 'The credential, revoked.',
      content: 'ApiKeyAnswer',
      examples: { revoked: example('A revoked key', { data: examples.revokedApiKey }) },
    },
  ],
  errors: ['not-found'],
};
