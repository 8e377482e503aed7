import { Fragment, useState, type JSX } from 'react';
import { Dialog } from '../shell/dialog';

/** How far it is: not sent yet, sent and not answered yet, or created and shown. */
export type Stage = 'asked' | 'sent' | 'made';

interface ShownOnceDialogProps {
  readonly stackId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The title once it is created. */
  readonly madeTitle: string;
  /** The content, which reports its stage. */
  readonly children: (onStage: (stage: Stage) => void) => JSX.Element;
}

/** A dialog that creates something that is shown only once: until that is kept, it cannot be closed by mistake. */
export function ShownOnceDialog({ opened, title, madeTitle, children, ...dialog }: ShownOnceDialogProps): JSX.Element {
  const [stage, onStage] = useState<Stage>('asked');
  const [opening, setOpening] = useState({ opened, count: 0 });
  if (opened !== opening.opened) {
    setOpening({ opened, count: opening.count + Number(opened) });
    // Each opening starts over, even one that comes before the last has closed.
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
