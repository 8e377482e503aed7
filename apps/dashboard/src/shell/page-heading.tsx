import { Title, type TitleProps } from '@mantine/core';
import { useEffect, useRef, type JSX } from 'react';
import { useLocation } from 'react-router';
import { isolated } from '../words/isolated';
import { Written } from '../words/written';

interface PageHeadingProps extends TitleProps {
  /** The title of the window; by default the heading. */
  readonly title?: string;
  readonly children: string;
}

/** The router's key for the location at which the page was loaded; later locations have other keys. */
const LOADED = 'default';

/** The heading of a page. It gets the focus when somebody comes from another page, so that a screen reader reads it. */
export function PageHeading({ title, children, ...props }: PageHeadingProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  const loaded = useRef(key === LOADED);
  useEffect(() => {
    const page = heading.current?.closest('main');
    const { activeElement } = document;
    // A field that is about to be filled in keeps the focus, and so does a dialog that has opened meanwhile.
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
