import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import type { JSX } from 'react';

/** A field for a password that says when it is wrong, to its form and to whoever listens; the library's own does not. */
export const PasswordField = (props: PasswordInputProps): JSX.Element => (
  <PasswordInput {...props} aria-invalid={Boolean(props.error) || undefined} />
);
