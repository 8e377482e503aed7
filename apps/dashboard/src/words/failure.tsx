import { Alert, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';
import { Problem } from '../api/problem';
import { LoadAnew } from '../shell/load-anew';

interface FailureProps {
  readonly error: Error;
  /** What was to be done, as in "It could not be activated". */
  readonly title?: string;
  /** The attributes that have a field of their own, which tells what is wrong with them. */
  readonly besideFields?: readonly string[];
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** Says what went wrong, and to whoever listens as well. */
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
  // Several things may be said in the same words.
  return [...new Set(error.elsewhere(besideFields).map(({ details }) => `${details}${quote}`))];
}

/** It is seen wherever one is, and over a dialog as well. */
const NEAR = { position: 'sticky', insetBlockEnd: 16, zIndex: 400 } as const;

/**
 * Stands where a part of a page would be that cannot be had. There is no other try without loading the page anew: browsers
 * remember what could not be loaded.
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
