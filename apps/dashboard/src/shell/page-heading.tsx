import { Title, type TitleProps } from '@mantine/core';
import { useEffect, useRef, type JSX } from 'react';
import { useLocation } from 'react-router';

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
    if (!loaded.current) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{`${title ?? children} · Connections`}</title>
      <Title order={1} ref={heading} tabIndex={-1} {...props}>
        {children}
      </Title>
    </>
  );
}
