import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, ValidateBy } from 'class-validator';
import { momentOf } from '@connections/host/moment';
import { pastOf } from '@connections/host/past';
import { wholeNumberOf } from '@connections/host/whole-number';

/** Text reaches the controller as what is read in it; where nothing is, it stays as it is, to be refused. */
const ReadBy = (read: (text: string) => unknown): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (read(value) ?? value) : value));

/** A query parameter is text; this reads it as a number where it is one. */
export const ToNumber = (): PropertyDecorator => ReadBy(wholeNumberOf);

const whole = { message: `$property must be a whole number of at least 0 and at most ${Number.MAX_SAFE_INTEGER}.` };

/** A revision, or a count. */
export const IsWholeNumber = (): PropertyDecorator =>
  applyDecorators(IsInt(whole), Min(0, whole), Max(Number.MAX_SAFE_INTEGER, whole));

const pageSize = { message: '$property must be a whole number from 1 to 100.' };

export const IsPageSize = (): PropertyDecorator =>
  applyDecorators(ToNumber(), IsInt(pageSize), Min(1, pageSize), Max(100, pageSize));

const moment =
  'a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z. In a URL, the + of an offset is written %2B.';

/** A moment in ISO 8601 with its zone; it reaches the controller as UTC with milliseconds. */
export const IsMoment = (): PropertyDecorator =>
  applyDecorators(
    ReadBy(momentOf),
    ValidateBy(
      {
        name: 'isMoment',
        validator: { validate: (value: unknown) => typeof value === 'string' && momentOf(value) === value },
      },
      { message: `$property must be ${moment}` },
    ),
  );

/** A time of the past, as a moment or as a revision; it reaches the controller as which of the two it is. */
export const IsPast = (): PropertyDecorator =>
  applyDecorators(
    ReadBy(pastOf),
    ValidateBy(
      { name: 'isPast', validator: { validate: (value: unknown) => typeof value === 'object' && value !== null } },
      { message: `$property must be a revision, such as 0, or ${moment}` },
    ),
  );
