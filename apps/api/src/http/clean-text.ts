import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationOptions } from 'class-validator';
import { faultOf, isClean, notClean } from '@connections/host/written-text';

/** Text written for others to read; see `faultOf`. */
export const IsCleanText =
  (options: ValidationOptions & { multiline?: boolean } = {}) =>
  (target: object, propertyName: string): void =>
    registerDecorator({
      name: 'isCleanText',
      target: target.constructor,
      propertyName,
      options: {
        message: ({ property, value }) =>
          `${property} ${(typeof value === 'string' && faultOf(value, options)) || notClean}.`,
        ...options,
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && faultOf(value, options) === null },
    });

/** Text to search for. Allows everything that names were ever allowed to contain. */
export const IsSoughtText =
  () =>
  (target: object, propertyName: string): void =>
    registerDecorator({
      name: 'isSoughtText',
      target: target.constructor,
      propertyName,
      options: { message: `$property ${notClean}.` },
      validator: { validate: (value: unknown) => typeof value === 'string' && isClean(value) },
    });

/** Trims text before it is checked. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
