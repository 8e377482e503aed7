import { Tooltip } from '@mantine/core';
import { useEffect, useId, type JSX } from 'react';

export interface HintProps {
  readonly target: HTMLElement;
  readonly text: string;
}

/** A hint beside its target. */
export function Hint({ target, text }: HintProps): JSX.Element {
  const id = useId();
  useEffect(() => {
    target.setAttribute('aria-describedby', id);
    return () => target.removeAttribute('aria-describedby');
  }, [target, id]);
  return <Tooltip key={text} target={target} label={text} id={id} role="tooltip" opened withArrow interactive />;
}
