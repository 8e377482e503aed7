import { applyDecorators } from '@nestjs/common';
import { IsNotEmpty, MaxLength } from 'class-validator';
import { longestName } from '@connections/host/name-length';
import { IsCleanText, Trimmed } from './clean-text';

const length = { message: `$property must have 1 to ${longestName} characters.` };

/** The name of an organization, a key or a person. It is trimmed before it is checked. */
export const IsName = (): PropertyDecorator =>
  applyDecorators(MaxLength(longestName, length), IsNotEmpty(length), IsCleanText(), Trimmed());
