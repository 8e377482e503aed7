import { Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type JSX } from 'react';
import { useDeed } from '../api/deed';
import { useIntent } from '../api/intent';
import { Dialog } from '../shell/dialog';
import { DialogButtons } from '../shell/dialog-buttons';
import { Failure } from '../words/failure';

/** An action that needs the person's confirmation. */
export interface Asked {
  readonly title: string;
  /** What it leads to. */
  readonly consequence: string;
  /** The label of the button. */
  readonly deed: string;
  /** The message after it is done. */
  readonly done: string;
  /** @param idempotencyKey the key of the intention. */
  readonly act: (idempotencyKey: string) => Promise<unknown>;
}

interface ConfirmDialogProps {
  /** Null while nothing is asked. */
  readonly asked: Asked | null;
  readonly onClose: () => void;
}

/** Says what an action leads to, and carries it out when the person confirms. */
export function ConfirmDialog({ asked, onClose }: ConfirmDialogProps): JSX.Element {
  // Keeps the last content while the dialog closes.
  const [shown, setShown] = useState(asked);
  if (asked !== null && asked !== shown) setShown(asked);
  return (
    <Dialog stackId="confirm" opened={asked !== null} onClose={onClose} title={shown?.title}>
      {shown && <Question key={shown.title} asked={shown} onClose={onClose} />}
    </Dialog>
  );
}

function Question({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }): JSX.Element {
  const intent = useIntent();
  const acting = useDeed({
    mutationFn: () => asked.act(intent.keyFor(asked.title)),
    onError: intent.failed,
    onSuccess: () => {
      intent.done();
      notifications.show({ color: 'teal', message: asked.done });
      onClose();
    },
  });
  return (
    <Stack>
      <Text>{asked.consequence}</Text>
      {acting.error && <Failure error={acting.error} title="This was not done" />}
      <DialogButtons onClose={onClose} isCautious>
        <Button color="red" loading={acting.isPending} onClick={() => acting.act()}>
          {asked.deed}
        </Button>
      </DialogButtons>
    </Stack>
  );
}
