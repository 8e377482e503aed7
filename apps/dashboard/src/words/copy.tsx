import { ActionIcon, Button, CopyButton, Tooltip, VisuallyHidden } from '@mantine/core';
import { CheckIcon, CopyIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';

interface CopyProps {
  /** What gets into the clipboard. */
  readonly value: string;
  /** What it is, as in "Organization ID". */
  readonly what: string;
}

/** How long it says that it has copied, in milliseconds. */
const COPIED_FOR = 2_000;

/** Copies a text that stands beside it. */
export const Copy = ({ value, what }: CopyProps): JSX.Element => (
  <CopyButton value={value} timeout={COPIED_FOR}>
    {({ copied, copy }) => (
      <Tooltip label={copied ? 'Copied' : `Copy ${what}`} withArrow>
        <ActionIcon
          variant="subtle"
          color={copied ? 'teal' : 'gray'}
          size="sm"
          aria-label={`Copy ${what} ${value}`}
          onClick={copy}
        >
          {copied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
          <VisuallyHidden role="status">{copied ? 'Copied' : ''}</VisuallyHidden>
        </ActionIcon>
      </Tooltip>
    )}
  </CopyButton>
);

/** The same as a button with words, where copying is what one came for. */
export const CopyWithWords = ({ value, what }: CopyProps): JSX.Element => (
  <CopyButton value={value} timeout={COPIED_FOR}>
    {({ copied, copy }) => (
      <Button
        variant="light"
        onClick={copy}
        leftSection={copied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
        aria-live="polite"
      >
        {copied ? 'Copied' : `Copy ${what}`}
      </Button>
    )}
  </CopyButton>
);
