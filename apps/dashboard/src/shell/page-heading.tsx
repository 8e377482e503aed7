import { Title, type TitleProps } from '@mantine/core';
import { useEffect, useRef, type JSX } from 'react';
import { useLocation } from 'react-router';
import { isolated } from '../words/isolated';
import { Written } from '../words/written';

interface PageHeadingProps extends TitleProps {
  /** What the page is called, as the window's title has it; the heading itself where that is left out. */
  readonly title?: string;
  readonly children: string;
}

/** The key of the location that a page was loaded at; whatever came later has another. */
const LOADED = 'default';

/** The heading of a page. Whoever comes from another page is taken to it, so that a screen reader says where one is. */
export function PageHeading({ title, children, ...props }: PageHeadingProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  const loaded = useRef(key === LOADED);
  useEffect(() => {
    const page = heading.current?.closest('main');
    const { activeElement } = document;
    // A field that somebody is about to fill in is a better place to begin, and so is a dialog that has come meanwhile.
    const hasBegun =
      (page?.contains(activeElement) && page !== activeElement) || activeElement?.closest('[role=dialog]');
    if (!loaded.current && !hasBegun) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{`${title ?? isolated(children)} · Connections`}</title>
      <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none' }} {...props}>
        <Written>{children}</Written>
      </Title>
    </>
  );
}
