import { Button, Text, type ButtonProps } from '@mantine/core';
import { useState, type JSX } from 'react';

/**
 * Loads the whole page anew, once it is sure that somebody answers: the browser's own page of errors would take the place
 * of everything, with no way on. Where nobody does, it says so itself: a notice might have to be loaded.
 */
export function LoadAnew(props: ButtonProps): JSX.Element {
  const [isUnanswered, setUnanswered] = useState(false);
  const act = (): void => {
    // Said again, it is heard again.
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
