import 'reflect-metadata';
import type { SchemaObject } from '@nestjs/swagger';

const DESCRIPTION = 'openapi:description';

/** The description of a property, and what its validation does not express. */
export type Described = SchemaObject & { readonly description: string };

/** Describes a property of a body or a query. Its form is not repeated here, but taken from its validation. */
export const Describe =
  (description: string, schema: SchemaObject = {}): PropertyDecorator =>
  (target, propertyName) =>
    Reflect.defineMetadata(DESCRIPTION, { description, ...schema }, target, propertyName);

/** The description of a property; undefined if it has none. */
export const descriptionOf = (target: object, propertyName: string): Described | undefined =>
  Reflect.getMetadata(DESCRIPTION, target, propertyName) as Described | undefined;
