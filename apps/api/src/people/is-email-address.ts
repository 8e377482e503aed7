import { ValidateBy } from 'class-validator';
import { isEmailAddress } from '@connections/host/email-address';

/** An e-mail address that somebody may be known by. */
export const IsEmailAddress = (options: { message: string }): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isEmailAddress',
      validator: { validate: (value: unknown) => typeof value === 'string' && isEmailAddress(value) },
    },
    options,
  );
