import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Text that every store, log and screen can hold: well-formed Unicode without control characters. */
export const IsCleanText =
  (options: ValidationOptions & { multiline?: boolean } = {}) =>
  (target: object, propertyName: string): void =>
    registerDecorator({
      name: 'isCleanText',
      target: target.constructor,
      propertyName,
      options: {
        message: ({ property }) => `${property} must be text without control characters or lone surrogates.`,
        ...options,
      },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.isWellFormed() &&
          !(options.multiline ? /(?![\t\n])\p{Cc}/u : /\p{Cc}/u).test(value),
      },
    });

/** Trims text before it is checked. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
