import type { SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { inflectedKey, keyInflections } from '../http/key-inflection';
import { MAXIMUM_CHECKS, MAXIMUM_SCOPES } from './share-checks.dto';

/** The questions of a body, which holds one or a list of them. */
export interface Questions {
  readonly isList: boolean;
  readonly questions: readonly SharingQuestion[];
}

/** The names of the two parties in each casing; all other names are the same in each. */
const casings = keyInflections.map((form) => ({
  source: inflectedKey('source-organization-id', form),
  destination: inflectedKey('destination-organization-id', form),
}));

/**
 * The questions of a body with nothing but valid questions about the present: applies the rules of
 * `ShareCheckAttributes` at a hundredth of the cost. Null for any other body, which those rules have to judge.
 */
export function questionsIn(body: unknown): Questions | null {
  if (!isObject(body) || !hasOnly(body, 'data')) return null;
  const { data } = body;
  if (!Array.isArray(data)) {
    const question = questionIn(data);
    return question && { isList: false, questions: [question] };
  }
  if (data.length === 0 || data.length > MAXIMUM_CHECKS) return null;
  const questions: SharingQuestion[] = [];
  for (const resource of data) {
    const question = questionIn(resource);
    if (question === null) return null;
    questions.push(question);
  }
  return { isList: true, questions };
}

/** The question of a resource; null if it is anything else. */
export function questionIn(resource: unknown): SharingQuestion | null {
  if (!isObject(resource) || !hasOnly(resource, 'attributes')) return null;
  const { attributes: given } = resource;
  if (!isObject(given) || !hasMembers(given, 3)) return null;
  for (const { source, destination } of casings) {
    if (given[source] === undefined) continue;
    const [sourceOrganizationId, destinationOrganizationId, scopes] = [
      given[source],
      given[destination],
      given['scopes'],
    ];
    return isOrganizationId(sourceOrganizationId) && isOrganizationId(destinationOrganizationId) && areScopes(scopes)
      ? { sourceOrganizationId, destinationOrganizationId, scopes, past: null }
      : null;
  }
  return null;
}

const PREFIX = 'org_';
const LONGEST = PREFIX.length + 64;
/** For each ASCII code, whether the character may occur in an id after its prefix. */
const isOfAnId = Uint8Array.from({ length: 128 }, (_, code) => Number(/[0-9A-Za-z]/.test(String.fromCharCode(code))));

/** Accepts the same values as `IsOrganizationId`, in a quarter of the time. */
export function isOrganizationId(value: unknown): value is string {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return false;
  if (value.length === PREFIX.length || value.length > LONGEST) return false;
  for (let at = PREFIX.length; at < value.length; at += 1) if (isOfAnId[value.charCodeAt(at)] !== 1) return false;
  return true;
}

function areScopes(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAXIMUM_SCOPES && value.every((scope) => typeof scope === 'string');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasOnly(object: object, name: string): boolean {
  for (const key in object) if (key !== name) return false;
  return true;
}

function hasMembers(object: object, count: number): boolean {
  let members = 0;
  for (const _ in object) members += 1;
  return members === count;
}
