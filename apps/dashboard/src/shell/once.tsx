import { Suspense, useState, type JSX, type ReactNode } from 'react';

interface OnceProps {
  /** Whether it is to be shown now. */
  readonly wanted: boolean;
  readonly children: ReactNode;
}

/** Renders its content once it is wanted, and keeps it after that: a dialog can then close with its animation. */
export function Once({ wanted, children }: OnceProps): JSX.Element | null {
  const [wasWanted, setWanted] = useState(wanted);
  if (wanted && !wasWanted) setWanted(true);
  return wanted || wasWanted ? <Suspense>{children}</Suspense> : null;
}
