import { Button, Text, type ButtonProps } from '@mantine/core';
import { useState, type JSX } from 'react';

/**
 * Reloads the whole page once the service is known to answer: otherwise the browser's error page would replace
 * everything, with no way on. If it does not answer, the button says so itself, since a notice might have to be loaded.
 */
export function LoadAnew(props: ButtonProps): JSX.Element {
  const [isUnanswered, setUnanswered] = useState(false);
  const act = (): void => {
    // Removed first, so that screen readers announce it again.
    setUnanswered(false);
    fetch('/livez').then(
      () => window.location.reload(),
      () => setUnanswered(true),
    );
  };
  return (
    <>
      <Button {...props} onClick={act} />
      {isUnanswered && (
        <Text role="alert" size="sm">
          The service still cannot be reached.
        </Text>
      )}
    </>
  );
}
