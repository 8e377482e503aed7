import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import type { JSX } from 'react';

/** A password field that exposes its error to its form and to screen readers, unlike the library's own. */
export const PasswordField = (props: PasswordInputProps): JSX.Element => (
  <PasswordInput {...props} aria-invalid={Boolean(props.error) || undefined} />
);
