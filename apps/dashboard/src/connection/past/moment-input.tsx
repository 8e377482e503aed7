import type { JSX } from 'react';
import { MomentField } from './moment-field';

interface MomentInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Called when the field was left, or Enter pressed; while somebody types, it holds no moment yet. */
  readonly onLeave: () => void;
}

/** A date and time that takes effect without a button. */
export const MomentInput = ({ label, value, onChange, onLeave }: MomentInputProps): JSX.Element => (
  <form
    noValidate
    onBlur={onLeave}
    onSubmit={(event) => {
      event.preventDefault();
      onLeave();
    }}
  >
    <MomentField label={label} value={value} onChange={onChange} />
  </form>
);
