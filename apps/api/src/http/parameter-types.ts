import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, registerDecorator } from 'class-validator';
import { momentOf } from '@connections/host/moment';
import { pastOf } from '@connections/host/past';
import { wholeNumberOf } from '@connections/host/whole-number';

/** Query parameters are text; this converts one to a number if it is one. */
export const ToNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (wholeNumberOf(value) ?? value) : value));

const whole = { message: `$property must be a whole number of at least 0 and at most ${Number.MAX_SAFE_INTEGER}.` };

/** A revision, or a count. */
export const IsWholeNumber = (): PropertyDecorator =>
  applyDecorators(IsInt(whole), Min(0, whole), Max(Number.MAX_SAFE_INTEGER, whole));

const pageSize = { message: '$property must be a whole number from 1 to 100.' };

export const IsPageSize = (): PropertyDecorator =>
  applyDecorators(ToNumber(), IsInt(pageSize), Min(1, pageSize), Max(100, pageSize));

/** A moment in ISO 8601 with its zone; converted to UTC with milliseconds for the controller. */
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
        message:
          '$property must be a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z. In a URL, the + of an offset is written %2B.',
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && momentOf(value) === value },
    });
  };

/** A past time, as a moment or a revision; converted to a `Past` for the controller. */
export const IsPast =
  (): PropertyDecorator =>
  (target, propertyName): void => {
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (pastOf(value) ?? value) : value))(
      target,
      propertyName,
    );
    registerDecorator({
      name: 'isPast',
      target: target.constructor,
      propertyName: String(propertyName),
      options: {
        message:
          '$property must be a revision, such as 0, or a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z. In a URL, the + of an offset is written %2B.',
      },
      validator: { validate: (value: unknown) => typeof value === 'object' && value !== null },
    });
  };
