import { TextInput } from '@mantine/core';
import type { JSX } from 'react';

interface MomentFieldProps {
  readonly label: string;
  /** As the field holds it: see `toField`. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null;
}

/** A day and a time, as the browser lets people give them. */
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
