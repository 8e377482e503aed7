import { lazy, type ComponentProps, type JSX } from 'react';
import { Once } from '../shell/once';
import type { StepDialog } from './step-dialog';

const load = () => import('./step-dialog').then(({ StepDialog: component }) => ({ default: component }));
const Dialog = lazy(load);

/** The dialog, loaded when somebody asks for a step first. */
export const StepDialogLater = (props: ComponentProps<typeof StepDialog>): JSX.Element => (
  <Once wanted={props.asked !== null}>
    <Dialog {...props} />
  </Once>
);
