import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, registerDecorator } from 'class-validator';

/** A query parameter is text; this reads it as a number where it is one. */
export const ToNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
  );

const pageSize = { message: '$property must be a whole number from 1 to 100.' };

export const IsPageSize = (): PropertyDecorator =>
  applyDecorators(ToNumber(), IsInt(pageSize), Min(1, pageSize), Max(100, pageSize));

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment in the form that events have: UTC with milliseconds. Null when the text is no moment.
 * A date that the calendar does not have, such as 30 February, is none.
 */
export function momentOf(text: string): string | null {
  const milliseconds = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) return null;
  const day = text.slice(0, 10);
  const calendar = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(calendar.getTime()) || calendar.toISOString().slice(0, 10) !== day) return null;
  return new Date(milliseconds).toISOString();
}

/** A moment in ISO 8601 with its zone; it reaches the controller as UTC with milliseconds. */
export const IsMoment =
  (): PropertyDecorator =>
  (target, propertyName): void => {
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (momentOf(value) ?? value) : value))(
      target,
      propertyName,
    );
    registerDecorator({
      name: 'isMoment',
      target: target.constructor,
      propertyName: String(propertyName),
      options: {
        message: '$property must be a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z.',
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && momentOf(value) === value },
    });
  };
