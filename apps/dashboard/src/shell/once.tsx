import { Suspense, useState, type JSX, type ReactNode } from 'react';

interface OnceProps {
  /** Whether it is wanted now. */
  readonly wanted: boolean;
  readonly children: ReactNode;
}

/** Something that is loaded when it is wanted first, and stays: a dialog goes as it came. */
export function Once({ wanted, children }: OnceProps): JSX.Element | null {
  const [wasWanted, setWanted] = useState(wanted);
  if (wanted && !wasWanted) setWanted(true);
  return wanted || wasWanted ? <Suspense>{children}</Suspense> : null;
}
