import { isEmail, registerDecorator } from 'class-validator';

/** An e-mail address, of well-formed Unicode: of any other text `isEmail` does not say that it is none, but throws. */
export const IsEmailAddress =
  (options: { message: string }) =>
  (target: object, propertyName: string): void =>
    registerDecorator({
      name: 'isEmailAddress',
      target: target.constructor,
      propertyName,
      options,
      validator: { validate: (value: unknown) => typeof value === 'string' && value.isWellFormed() && isEmail(value) },
    });
