import type { Type } from '@nestjs/common';
import type { SchemaObject } from '@nestjs/swagger';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { longestEmailAddress } from '@connections/host/email-address';
import type { BodyForm } from '../http/attributes';
import { descriptionOf } from './described';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** One attribute of a body, or one parameter of a query. */
export interface DocumentedProperty {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Whether null means the same as absence. */
  readonly nullable: boolean;
  readonly schema: SchemaObject;
}

/** The JSON Schema of each kind of validation. A missing one makes the service fail at the start. */
const meanings: Record<string, (rule: Rule) => SchemaObject> = {
  matches: ({ constraints }) => ({ type: 'string', pattern: (constraints[0] as RegExp).source }),
  isCleanText: () => ({ type: 'string' }),
  isSoughtText: () => ({ type: 'string' }),
  isString: () => ({ type: 'string' }),
  isNotEmpty: () => ({ minLength: 1 }),
  isEmailAddress: () => ({ type: 'string', format: 'email', maxLength: longestEmailAddress }),
  minLength: ({ constraints }) => ({ minLength: constraints[0] as number }),
  maxLength: ({ constraints }) => ({ maxLength: constraints[0] as number }),
  isIn: ({ constraints }) => ({ type: 'string', enum: [...(constraints[0] as string[])] }),
  isArray: () => ({ type: 'array' }),
  arrayMaxSize: ({ constraints }) => ({ maxItems: constraints[0] as number }),
  isInt: () => ({ type: 'integer' }),
  min: ({ constraints }) => ({ minimum: constraints[0] as number }),
  max: ({ constraints }) => ({ maximum: constraints[0] as number }),
  isMoment: () => ({ type: 'string', format: 'date-time' }),
  isPast: () => ({
    oneOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', format: 'date-time' },
    ],
  }),
};

/**
 * The properties of a class, as its validation describes them, with their defaults.
 * @throws when a validation has no JSON Schema here, or a property has no description.
 */
export function propertiesOf(dto: Type<object>): DocumentedProperty[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  const defaults = new dto() as Record<string, unknown>;
  return [...new Set(rules.map(({ propertyName }) => propertyName))].map((name) => {
    const described = descriptionOf(dto.prototype as object, name);
    if (described === undefined) throw new Error(`${dto.name} does not describe ${name}.`);
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const { description, ...more } = described;
    const value = defaults[name];
    return {
      name,
      description,
      required: !isExempt(own, name, undefined) && value === undefined,
      nullable: isExempt(own, name, null),
      schema: { ...schemaOf(dto, own), ...more, ...(value === undefined ? {} : { default: value }) },
    };
  });
}

/** Whether a value is accepted without being validated. */
const isExempt = (rules: readonly Rule[], name: string, value: unknown): boolean =>
  rules.some(({ type, constraints }) => {
    if (type !== ValidationTypes.CONDITIONAL_VALIDATION) return false;
    const [applies] = constraints as [(object: object, value: unknown) => boolean];
    return !applies({ [name]: value }, value);
  });

function schemaOf(dto: Type<object>, rules: readonly Rule[]): SchemaObject {
  const schema: SchemaObject = {};
  for (const rule of rules) {
    if (rule.type === ValidationTypes.CONDITIONAL_VALIDATION) continue;
    const meaning = meanings[rule.name ?? '']?.(rule);
    if (meaning === undefined) throw new Error(`${dto.name}.${rule.propertyName}: ${rule.name} is not documented.`);
    if (rule.each) schema.items = { ...schema.items, ...meaning };
    else Object.assign(schema, meaning);
  }
  return schema;
}

/** `{"data": {"type"?, "attributes": {…}}}`, with the attributes of a class; or a list of them under `data`. */
export function bodySchemaOf({ dto, type, many }: BodyForm): SchemaObject {
  const resource = resourceSchemaOf(dto, type);
  const list: SchemaObject = { type: 'array', minItems: 1, ...(many && { maxItems: many }), items: resource };
  return {
    type: 'object',
    required: ['data'],
    additionalProperties: false,
    properties: { data: many === undefined ? resource : { oneOf: [resource, list] } },
  };
}

function resourceSchemaOf(dto: Type<object>, type: string): SchemaObject {
  const properties = propertiesOf(dto);
  const required = properties.filter((property) => property.required).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length > 0 && { required: ['attributes'] }),
    additionalProperties: false,
    properties: {
      type: { type: 'string', enum: [type], description: 'The type of the resource; may be left out.' },
      attributes: {
        type: 'object',
        ...(required.length > 0 && { required }),
        additionalProperties: false,
        properties: Object.fromEntries(properties.map((property) => [property.name, attributeSchemaOf(property)])),
      },
    },
  };
}

const attributeSchemaOf = ({ description, nullable, schema }: DocumentedProperty): SchemaObject => ({
  description,
  ...schema,
  ...(nullable && { type: [schema.type ?? [], 'null'].flat() }),
});
