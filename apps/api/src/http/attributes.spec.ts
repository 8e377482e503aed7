import 'reflect-metadata';
import { CreateConnectionAttributes, ReasonAttributes } from '../connections/connections.dto';
import { CreateApiKeyAttributes, CreateOrganizationAttributes } from '../directory/directory.dto';
import { ShareCheckAttributes } from '../share-checks/share-checks.dto';
import { namesOf, readBody } from './attributes';

const dtos = [CreateConnectionAttributes, ReasonAttributes, CreateApiKeyAttributes, CreateOrganizationAttributes];
const everyAttribute = dtos.flatMap((dto) => [...namesOf(dto)].map((name) => [dto.name, name, dto] as const));

const structured: unknown[] = [
  { constructor: 5 },
  { constructor: 'Object' },
  { constructor: { name: 'Object' } },
  [{ constructor: 5 }],
  [[{ constructor: null }]],
  { toString: 1, valueOf: null },
  {},
];

describe('the attributes of a body', () => {
  it.each(everyAttribute)(
    '%s %s are refused when they hold objects, whatever those call themselves',
    (_, name, dto) => {
      for (const value of structured) {
        const { attributes, problems } = readBody<object>(dto, 'things', { data: { attributes: { [name]: value } } });
        const pointer = `/data/attributes/${name}`;
        expect(problems).toContainEqual(expect.objectContaining({ code: 'invalid-attribute', source: { pointer } }));
        expect(attributes).not.toHaveProperty([name]);
      }
    },
  );

  it.each([
    [{}, '"scopes" is missing: scopes must be a list of scopes, such as ["inquiry.read"].'],
    [{ scopes: 'inquiry.read' }, 'scopes must be a list of scopes, such as ["inquiry.read"].'],
    [{ scopes: [7] }, 'Each of scopes must be text.'],
  ])('%j is told in one sentence what scopes must be', (given, details) => {
    const { problems } = readBody<object>(ShareCheckAttributes, 'things', { data: { attributes: given } });
    expect(problems.filter(({ source }) => source && 'pointer' in source && /scopes/.test(source.pointer))).toEqual([
      expect.objectContaining({ details }),
    ]);
  });

  it('are read when they are as they should be', () => {
    const body = { data: { attributes: { destinationOrganizationId: 'org_D', scopes: ['inquiry.read'], name: null } } };
    const { attributes, problems } = readBody(CreateConnectionAttributes, 'things', body);
    expect(problems).toEqual([]);
    expect(attributes).toMatchObject({ 'destination-organization-id': 'org_D', scopes: ['inquiry.read'], name: null });
  });
});
