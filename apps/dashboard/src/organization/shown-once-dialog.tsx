import { Fragment, useState, type JSX } from 'react';
import { Dialog } from '../shell/dialog';

/** How far it is: being asked for, sent and not answered yet, or made and to be kept. */
export type Stage = 'asked' | 'sent' | 'made';

interface ShownOnceDialogProps {
  readonly stackId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The title once it is made. */
  readonly madeTitle: string;
  /** What asks for it, and tells how far it is. */
  readonly children: (onStage: (stage: Stage) => void) => JSX.Element;
}

/** A dialog that makes something that is shown once: it is not left by mistake while that is on its way, or there. */
export function ShownOnceDialog({ opened, title, madeTitle, children, ...dialog }: ShownOnceDialogProps): JSX.Element {
  const [stage, onStage] = useState<Stage>('asked');
  const [opening, setOpening] = useState({ opened, count: 0 });
  if (opened !== opening.opened) {
    setOpening({ opened, count: opening.count + Number(opened) });
    // Each opening begins anew, also one that comes before the last has gone.
    if (opened) onStage('asked');
  }
  return (
    <Dialog
      {...dialog}
      opened={opened}
      title={stage === 'made' ? madeTitle : title}
      closeOnEscape={stage === 'asked'}
      withCloseButton={stage === 'asked'}
    >
      <Fragment key={opening.count}>{children(onStage)}</Fragment>
    </Dialog>
  );
}
