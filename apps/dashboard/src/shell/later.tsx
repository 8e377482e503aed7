import { Alert, Button, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import { lazy, Suspense, type ComponentType, type JSX, type ReactNode } from 'react';
import { loadAnew } from './load-anew';

/** By then everything has come that a page is for, in milliseconds. */
const CALM = 3_000;

interface Manner {
  /** What stands there until it is loaded. */
  readonly meanwhile?: ReactNode;
  /** Whether it is needed most where nothing can be loaded any more: then it comes by itself, after all else. */
  readonly isAhead?: boolean;
}

/**
 * A part of a page that is loaded when it is shown first, and what loads it before, such as when somebody points at what
 * shows it. Where it cannot be had, the page stays with all that was typed there, and says so.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { meanwhile = null, isAhead = false }: Manner = {},
): [ComponentType<Props>, () => void] {
  const prepare = (): void => void load().catch(() => undefined);
  if (isAhead) setTimeout(prepare, CALM);
  const Part = lazy<ComponentType<Props>>(() =>
    load().then(
      (component) => ({ default: component }),
      () => ({ default: Missing }),
    ),
  );
  const Later = (props: Props): JSX.Element => (
    <Suspense fallback={meanwhile}>
      <Part {...props} />
    </Suspense>
  );
  return [Later, prepare];
}

/** It is seen wherever one is, and over a dialog as well. */
const NEAR = { position: 'sticky', insetBlockEnd: 16, zIndex: 400 } as const;

/** There is no other try without loading the page anew: browsers remember what could not be had. */
const Missing = (): JSX.Element => (
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
    <Button size="xs" mt="xs" variant="default" onClick={loadAnew}>
      Load the page anew
    </Button>
  </Alert>
);
