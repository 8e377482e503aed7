import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';

type Schema = SchemaObject | ReferenceObject;

/** An object whose members are all required. */
export const object = (properties: Record<string, Schema>, rest: SchemaObject = {}): SchemaObject => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  ...rest,
});

export const ref = (name: string): ReferenceObject => ({ $ref: `#/components/schemas/${name}` });

export const text = (description: string, rest: SchemaObject = {}): SchemaObject => ({
  type: 'string',
  description,
  ...rest,
});

export const nullableText = (description: string, rest: SchemaObject = {}): SchemaObject => ({
  ...text(description, rest),
  type: ['string', 'null'],
});

/** UTC with milliseconds, such as `2026-06-01T00:00:00.000Z`. */
export const moment = (description: string): SchemaObject => text(description, { format: 'date-time' });

export const nullableMoment = (description: string): SchemaObject => nullableText(description, { format: 'date-time' });

type Prefix = 'cxn' | 'org' | 'api' | 'usr' | 'inv' | 'ses';

export const id = (prefix: Prefix, description: string): SchemaObject => text(description, formOf(prefix));

export const nullableId = (prefix: Prefix, description: string): SchemaObject =>
  nullableText(description, formOf(prefix));

const formOf = (prefix: Prefix): SchemaObject => ({ pattern: `^${prefix}_[0-9A-Za-z]{1,64}$` });

/** A list of resources with relative links to the neighbouring pages. */
export const page = (resource: string, ...sides: ('prev' | 'next')[]): SchemaObject =>
  object({
    data: { type: 'array', items: ref(resource) },
    links: object(
      Object.fromEntries(
        sides.map((side) => [
          side,
          nullableText(`The ${side === 'next' ? 'next' : 'previous'} page, relative to this one; null at the end.`),
        ]),
      ),
    ),
  });
