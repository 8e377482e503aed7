import { Button, Checkbox, Code, Group, Stack, Text } from '@mantine/core';
import { useId, useState, type JSX } from 'react';
import { CopyWithWords } from '../words/copy';

interface ShownOnceProps {
  /** Null if the answer that contained it was lost: it is stored nowhere. */
  readonly value: string | null;
  /** What it is, such as "key". */
  readonly what: string;
  /** What to do with it. */
  readonly hint: string;
  readonly onClose: () => void;
}

/** A value that is shown only this once: the dialog closes when the person has kept it. */
export function ShownOnce({ value, what, hint, onClose }: ShownOnceProps): JSX.Element {
  const [isKept, setKept] = useState(false);
  const id = useId();
  if (value === null) {
    return (
      <Stack>
        <Text>{`It was made, but the answer with the ${what} was lost on its way, and it is kept nowhere. Revoke it in the list, and make another.`}</Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text id={id} role="status">
        {hint}
      </Text>
      <Code
        block
        ref={focus}
        tabIndex={-1}
        aria-label={`The ${what}`}
        aria-describedby={id}
        style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}
      >
        {value}
      </Code>
      <Group>
        <CopyWithWords value={value} what={what} />
      </Group>
      <Checkbox
        label="I have kept it"
        description="It is shown this once, and cannot be looked up later."
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button disabled={!isKept} onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

/** The button that had the focus is gone. */
const focus = (element: HTMLElement | null): void => element?.focus();
