import type { ComponentProps, JSX } from 'react';
import { later } from '../shell/later';
import { Once } from '../shell/once';
import type { StepDialog } from './step-dialog';

const [Dialog] = later(async () => (await import('./step-dialog')).StepDialog, { isAhead: true });

/** The dialog of steps, loaded when somebody first asks for a step. */
export const StepDialogLater = (props: ComponentProps<typeof StepDialog>): JSX.Element => (
  <Once wanted={props.asked !== null}>
    <Dialog {...props} />
  </Once>
);
