import type { JSX } from 'react';
import { MomentField } from './moment-field';

interface MomentInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** While somebody types it is no moment yet: it counts once the field was left, or Enter pressed. */
  readonly onLeave: () => void;
}

/** A day and a time that count without a button. */
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
