import 'reflect-metadata';
import type { SchemaObject } from '@nestjs/swagger';

const DESCRIPTION = 'openapi:description';

/** What a property means, for people, and whatever its validation does not say already. */
export type Described = SchemaObject & { readonly description: string };

/** Says what a property of a body or a query means. Its form is not repeated here: validation tells that. */
export const Describe =
  (description: string, schema: SchemaObject = {}): PropertyDecorator =>
  (target, propertyName) =>
    Reflect.defineMetadata(DESCRIPTION, { description, ...schema }, target, propertyName);

/** What was said of a property; undefined when nothing was. */
export const descriptionOf = (target: object, propertyName: string): Described | undefined =>
  Reflect.getMetadata(DESCRIPTION, target, propertyName) as Described | undefined;
