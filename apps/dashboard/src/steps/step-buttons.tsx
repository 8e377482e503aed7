import { Button, Group, type GroupProps } from '@mantine/core';
import type { JSX } from 'react';
import { type NextStep, stepWords } from '@connections/connection/domain/words';
import { type Connection, titleOf } from '../connections/connection-queries';
import type { AskedStep } from './step-dialog';

interface StepButtonsProps extends GroupProps {
  readonly connection: Connection;
  readonly onAsk: (asked: AskedStep) => void;
}

/** Steps towards sharing are prominent, and the step away from it is not. */
const VARIANT: Readonly<Record<NextStep, string>> = { activate: 'filled', reactivate: 'light', deactivate: 'subtle' };

/** A button for each step that the API permits the person on this connection now. */
export const StepButtons = ({ connection, onAsk, ...props }: StepButtonsProps): JSX.Element => (
  <Group gap={4} {...props}>
    {connection.meta.allowedActions.map((step) => (
      <Button
        key={step}
        size="compact-sm"
        variant={VARIANT[step]}
        {...(step === 'deactivate' && { color: 'gray' })}
        aria-label={`${stepWords[step]}: ${titleOf(connection)}`}
        onClick={() => onAsk({ step, connection })}
      >
        {stepWords[step]}
      </Button>
    ))}
  </Group>
);
