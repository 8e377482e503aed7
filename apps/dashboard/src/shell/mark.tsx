import type { JSX } from 'react';

/** The logo of the dashboard: something that goes from one to the other. */
export const Mark = (): JSX.Element => (
  <svg
    aria-hidden
    width="24"
    height="24"
    viewBox="0 0 32 32"
    fill="none"
    stroke="var(--mantine-primary-color-filled)"
    strokeWidth="4"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d="M4 16h24M20 8l8 8-8 8" />
  </svg>
);
