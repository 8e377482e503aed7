import { registerDecorator } from 'class-validator';
import { isEmailAddress } from '@connections/host/email-address';

/** An e-mail address that somebody may be known by. */
export const IsEmailAddress =
  (options: { message: string }) =>
  (target: object, propertyName: string): void =>
    registerDecorator({
      name: 'isEmailAddress',
      target: target.constructor,
      propertyName,
      options,
      validator: { validate: (value: unknown) => typeof value === 'string' && isEmailAddress(value) },
    });
