import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { CheckIcon, CopyIcon } from '@radix-ui/react-icons';
import { useEffect, useRef, type JSX, type RefObject } from 'react';

interface CopyProps {
  /** What gets into the clipboard. */
  readonly value: string;
  /** What it is, as in "Organization ID". */
  readonly what: string;
}

/** How long it says that it has copied, in milliseconds. */
const COPIED_FOR = 2_000;

/** Copies a text that stands beside it. */
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

/** The same as a button with words, where copying is what one came for. */
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

/** Browsers let nobody copy over plain HTTP, or where it was forbidden: what was to be copied is selected then. */
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

/** Selects the text where it stands nearest to the button. */
function select(value: string, button: HTMLElement | null): void {
  for (let around = button?.parentElement; around; around = around.parentElement) {
    const text = [...around.querySelectorAll('code, pre, p')].find(({ textContent }) => textContent === value);
    if (text !== undefined) {
      window.getSelection()?.selectAllChildren(text);
      return;
    }
  }
}
