import 'reflect-metadata';
import { CreateConnectionAttributes, ReasonAttributes } from '../connections/connections.dto';
import { CreateApiKeyAttributes, CreateOrganizationAttributes } from '../directory/directory.dto';
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

  it('are read when they are as they should be', () => {
    const body = { data: { attributes: { destinationOrganizationId: 'org_D', scopes: ['inquiry.read'], name: null } } };
    const { attributes, problems } = readBody(CreateConnectionAttributes, 'things', body);
    expect(problems).toEqual([]);
    expect(attributes).toMatchObject({ 'destination-organization-id': 'org_D', scopes: ['inquiry.read'], name: null });
  });
});
