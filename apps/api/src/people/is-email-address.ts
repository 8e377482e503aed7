import { registerDecorator } from 'class-validator';
import { isEmailAddress } from '@connections/host/email-address';

/** An e-mail address that a person may have. */
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
