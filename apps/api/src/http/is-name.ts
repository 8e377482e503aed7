import { applyDecorators } from '@nestjs/common';
import { IsNotEmpty, MaxLength } from 'class-validator';
import { longestName } from '@connections/host/name-length';
import { IsCleanText, Trimmed } from './clean-text';

const length = { message: `$property must have 1 to ${longestName} characters.` };

/** What an organization, a key or a person is called; it reaches the controller trimmed. */
export const IsName = (): PropertyDecorator =>
  applyDecorators(MaxLength(longestName, length), IsNotEmpty(length), IsCleanText(), Trimmed());
