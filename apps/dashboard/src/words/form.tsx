import { useEffect, useRef, useState, type JSX, type ReactNode } from 'react';

interface FormProps {
  readonly onSubmit: () => void;
  /** The refusal of the service; null if there was none. */
  readonly refused: Error | null;
  readonly children: ReactNode;
}

/** A form that focuses the first invalid field when it is submitted or refused. */
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
