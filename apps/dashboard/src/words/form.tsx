import { useEffect, useRef, useState, type JSX, type ReactNode } from 'react';

interface FormProps {
  readonly onSubmit: () => void;
  /** What the service refused; null while it did not. */
  readonly refused: Error | null;
  readonly children: ReactNode;
}

/** A form that takes whoever submits it to the first field that is wrong. */
export function Form({ onSubmit, refused, children }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [submitted, count] = useState(0);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [submitted, refused]);
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        count((times) => times + 1);
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
