import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { CheckIcon, CopyIcon } from '@radix-ui/react-icons';
import { useEffect, useRef, type JSX, type RefObject } from 'react';

interface CopyProps {
  /** The text to copy. */
  readonly value: string;
  /** What it is, such as "Organization ID". */
  readonly what: string;
}

/** How long the button says that it has copied, in milliseconds. */
const COPIED_FOR = 2_000;

/** Copies a text that is shown beside it. */
export function Copy({ value, what }: CopyProps): JSX.Element {
  const { button, copied, copy } = useCopying(value);
  return (
    <>
      <ActionIcon
        ref={button}
        variant="subtle"
        color={copied ? 'teal' : 'gray'}
        size="sm"
        aria-label={`Copy ${what} ${value}`}
        data-hint={`Copy ${what}`}
        onClick={copy}
      >
        {copied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
      </ActionIcon>
      <VisuallyHidden role="status">{copied ? 'Copied' : ''}</VisuallyHidden>
    </>
  );
}

/** A copy button with a label, for when copying is the main action. */
export function CopyWithWords({ value, what }: CopyProps): JSX.Element {
  const { button, copied, copy } = useCopying(value);
  return (
    <Button
      ref={button}
      variant="light"
      onClick={copy}
      leftSection={copied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
      aria-live="polite"
    >
      {copied ? 'Copied' : `Copy ${what}`}
    </Button>
  );
}

interface Copying {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly copied: boolean;
  readonly copy: () => void;
}

/** Browsers forbid copying over plain HTTP, or when permission was denied: then the text is selected instead. */
function useCopying(value: string): Copying {
  const { copied, copy, error } = useClipboard({ timeout: COPIED_FOR });
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (error === null) return;
    select(value, button.current);
    notifications.show({
      role: 'alert',
      color: 'red',
      title: 'It could not be copied',
      message: 'Your browser does not allow it. It is selected: copy it with the keys or the menu for that.',
    });
  }, [error, value]);
  return { button, copied, copy: () => copy(value) };
}

/** Selects the occurrence of the text that is nearest to the button. */
function select(value: string, button: HTMLElement | null): void {
  for (let around = button?.parentElement; around; around = around.parentElement) {
    const text = [...around.querySelectorAll('code, pre, p')].find(({ textContent }) => textContent === value);
    if (text !== undefined) {
      window.getSelection()?.selectAllChildren(text);
      return;
    }
  }
}
