import { TextInput } from '@mantine/core';
import type { JSX } from 'react';

interface MomentFieldProps {
  readonly label: string;
  /** In the field's format: see `toField`. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null;
}

/** A date and time, in the browser's own control. */
export const MomentField = ({ label, value, onChange, error = null }: MomentFieldProps): JSX.Element => (
  <TextInput
    type="datetime-local"
    step="any"
    label={label}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    error={error}
    maw={260}
  />
);
