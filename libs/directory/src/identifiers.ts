import { randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';

/** A new random identifier: the prefix and 128 random bits in base58, always 22 characters. */
export const newId = (prefix: 'org' | 'api' | 'usr' | 'inv' | 'ses'): string =>
  `${prefix}_${base58.encode(randomBytes(16)).padStart(22, '1')}`;

/** The form of an organization's id. */
export const ORGANIZATION_ID = /^org_[0-9A-Za-z]{1,64}$/;

/** The form of an API key's id. */
export const API_KEY_ID = /^api_[0-9A-Za-z]{1,64}$/;

/** Whether a text has the form of an API key's id. */
export const isApiKeyId = (text: string): boolean => API_KEY_ID.test(text);

/** The form of a person's id. */
export const PERSON_ID = /^usr_[0-9A-Za-z]{1,64}$/;

/** The form of the id of a credential: of an API key or a person. */
export const CREDENTIAL_ID = /^(api|usr)_[0-9A-Za-z]{1,64}$/;

/** The form of the id of an actor: a credential, a person or an organization. */
export const ACTOR_ID = /^[a-z]{1,16}_[0-9A-Za-z]{1,64}$/;

/** Whether a text has the form of a person's id. */
export const isPersonId = (text: string): boolean => PERSON_ID.test(text);

/** Whether a text has the form of an invitation's id. */
export const isInvitationId = (text: string): boolean => /^inv_[0-9A-Za-z]{1,64}$/.test(text);
