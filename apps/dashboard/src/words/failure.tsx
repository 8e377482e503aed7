import { Alert, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';
import { Problem } from '../api/problem';
import { LoadAnew } from '../shell/load-anew';

interface FailureProps {
  readonly error: Error;
  /** What failed, such as "It could not be activated". */
  readonly title?: string;
  /** Attributes with fields of their own, which show their problems. */
  readonly besideFields?: readonly string[];
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** Shows an error, and announces it to screen readers. */
export function Failure({
  error,
  title = 'This did not work',
  besideFields = [],
  children,
}: FailureProps): JSX.Element | null {
  const texts = textsOf(error, besideFields);
  if (texts.length === 0 && children === undefined) return null;
  return (
    <Alert role="alert" color="red" title={title} icon={<ExclamationTriangleIcon aria-hidden />}>
      {texts.map((text) => (
        <Text key={text} size="sm">
          {text}
        </Text>
      ))}
      {children}
    </Alert>
  );
}

function textsOf(error: Error, besideFields: readonly string[]): string[] {
  if (!(error instanceof Problem))
    return ['The dashboard has a defect. Try again; if it stays, tell whoever runs this service.'];
  if (error.code === 'unauthenticated')
    return ['You were signed out, and nothing was done. Sign in again; then go on here.'];
  if (error.problems.length === 0) return [error.message];
  const quote =
    error.status >= 500 && error.requestId !== null ? ` When you ask for help, quote ${error.requestId}.` : '';
  // Several problems may have the same text.
  return [...new Set(error.elsewhere(besideFields).map(({ details }) => `${details}${quote}`))];
}

/** Visible wherever the page is scrolled to, and over a dialog as well. */
const NEAR = { position: 'sticky', insetBlockEnd: 16, zIndex: 400 } as const;

/**
 * Shown in place of a part of a page that could not be loaded. Only reloading the page can help: browsers remember a
 * failed import.
 */
export const Missing = (): JSX.Element => (
  <Alert
    role="alert"
    variant="outline"
    color="red"
    bg="var(--mantine-color-body)"
    title="This part of the page could not be loaded"
    icon={<ExclamationTriangleIcon aria-hidden />}
    style={NEAR}
  >
    <Text size="sm">
      You are offline, or there is a newer version of the dashboard. It is there once the page is loaded anew; what was
      typed here is lost then.
    </Text>
    <LoadAnew size="xs" mt="xs" variant="default">
      Load the page anew
    </LoadAnew>
  </Alert>
);
