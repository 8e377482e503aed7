import { ORGANIZATION_ID } from '@connections/directory/identifiers';
import 'reflect-metadata';
import fc from 'fast-check';
import { readBodies } from '../http/attributes';
import { MAXIMUM_CHECKS, ShareCheckAttributes } from './share-checks.dto';
import { SHARE_CHECKS } from './share-check.resource';
import { isOrganizationId, questionsIn } from './well-formed';

const form = { dto: ShareCheckAttributes, type: SHARE_CHECKS, many: MAXIMUM_CHECKS };
const [source, destination] = ['org_A1', 'org_B2'];
const scopes = ['inquiry.read'];
const question = { sourceOrganizationId: source, destinationOrganizationId: destination, scopes, past: null };
const kebab = { 'source-organization-id': source, 'destination-organization-id': destination, scopes };
const camel = { sourceOrganizationId: source, destinationOrganizationId: destination, scopes };
const snake = { source_organization_id: source, destination_organization_id: destination, scopes };

const one = (attributes: unknown): unknown => ({ data: { attributes } });
const list = (...all: unknown[]): unknown => ({ data: all.map((attributes) => ({ attributes })) });

describe('the questions of a body', () => {
  it.each([
    ['kebab-case', kebab],
    ['camel case', camel],
    ['snake case', snake],
  ])('are read in %s', (_, attributes) => {
    expect(questionsIn(one(attributes))).toEqual({ isList: false, questions: [question] });
    expect(questionsIn(list(attributes, kebab))).toEqual({ isList: true, questions: [question, question] });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'data'],
    ['no data', {}],
    ['a member beside data', { data: { attributes: kebab }, meta: {} }],
    ['a list as body', [{ data: { attributes: kebab } }]],
    ['a list of none', list()],
    ['a list of too many', list(...Array<typeof kebab>(MAXIMUM_CHECKS + 1).fill(kebab))],
    ['a list with one that is none', list(kebab, 7)],
    ['a resource with a type', { data: { type: SHARE_CHECKS, attributes: kebab } }],
    ['attributes in two casings', one({ ...kebab, sourceOrganizationId: source })],
    [
      'attributes of mixed casings',
      one({ ...camel, sourceOrganizationId: undefined, 'source-organization-id': source }),
    ],
    ['a question of the past', one({ ...kebab, 'as-of': '2026-01-01T00:00:00Z' })],
    ['a question of no past', one({ ...kebab, revision: null })],
    ['no scopes', one({ 'source-organization-id': source, 'destination-organization-id': destination })],
    ['scopes that are none', one({ ...kebab, scopes: [7] })],
    ['more scopes than there may be', one({ ...kebab, scopes: Array(101).fill('inquiry.read') })],
    ['an id that is none', one({ ...kebab, 'source-organization-id': 'cxn_1' })],
  ])('are left to the long way where there is %s', (_, body) => {
    expect(questionsIn(body)).toBeNull();
  });

  it('that are read this way are read the same the long way, which finds nothing wrong with them', () => {
    const id = fc.oneof(
      fc.constantFrom(source, destination, 'org_', 'cxn_A', `org_${'x'.repeat(65)}`),
      fc.string(),
      fc.anything(),
    );
    const name = fc.constantFrom('source-organization-id', 'sourceOrganizationId', 'source_organization_id');
    const attributes = fc
      .record({
        name,
        source: id,
        destination: id,
        scopes: fc.oneof(fc.array(fc.string()), fc.anything()),
        more: fc.object(),
      })
      .map(({ name: first, source: from, destination: to, scopes: all, more }) => ({
        [first]: from,
        [first.replace('source', 'destination')]: to,
        scopes: all,
        ...(Object.keys(more).length > 3 ? more : {}),
      }));
    const right = fc.constantFrom(kebab, camel, snake, { ...kebab, scopes: [] });
    const asked = fc.oneof(right, attributes);
    const body = fc.oneof(
      asked.map(one),
      fc.array(asked, { maxLength: 4 }).map((all) => list(...all)),
      fc.anything(),
    );
    let read = 0;
    fc.assert(
      fc.property(body, (given) => {
        const quickly = questionsIn(given);
        if (quickly === null) return;
        read += 1;
        const { isList, bodies } = readBodies(form, given);
        expect(isList).toBe(quickly.isList);
        expect(bodies).toEqual(
          quickly.questions.map(({ sourceOrganizationId, destinationOrganizationId, scopes: about }) => ({
            attributes: {
              'source-organization-id': sourceOrganizationId,
              'destination-organization-id': destinationOrganizationId,
              scopes: about,
            },
            problems: [],
          })),
        );
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

describe('the id of an organization', () => {
  const same = (text: string): void =>
    expect([text, isOrganizationId(text)]).toEqual([text, ORGANIZATION_ID.test(text)]);

  it('is told as its expression tells it: by each character, and by how many there are', () => {
    for (let code = 0; code < 0x400; code += 1) {
      for (const text of ['org_A', 'org_', 'A']) same(text + String.fromCharCode(code));
    }
    for (let length = 0; length < 70; length += 1)
      for (const prefix of ['org_', 'org', '']) same(prefix + 'x'.repeat(length));
    for (const value of [null, undefined, 7, {}, ['org_A']]) expect(isOrganizationId(value)).toBe(false);
  });

  it('is told as its expression tells it, whatever is given', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^org_[0-9A-Za-z]{0,70}$/));
    fc.assert(fc.property(text, same));
  });
});
