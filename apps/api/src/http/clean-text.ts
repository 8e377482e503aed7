import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import { faultOf, isClean, notClean } from '@connections/host/written-text';

/** Text that somebody writes for others to read: `faultOf` says what is wrong with it. */
export const IsCleanText = (options: ValidationOptions & { multiline?: boolean } = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isCleanText',
      validator: { validate: (value: unknown) => typeof value === 'string' && faultOf(value, options) === null },
    },
    {
      message: ({ property, value }) =>
        `${property} ${(typeof value === 'string' && faultOf(value, options)) || notClean}.`,
      ...options,
    },
  );

/** Text to look for. It may hold whatever names were once allowed to hold. */
export const IsSoughtText = (): PropertyDecorator =>
  ValidateBy(
    { name: 'isSoughtText', validator: { validate: (value: unknown) => typeof value === 'string' && isClean(value) } },
    { message: `$property ${notClean}.` },
  );

/** Trims text before it is checked. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
