import { createTheme } from '@mantine/core';

/** How everything looks; colours follow the person's preference for light or dark. */
export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  autoContrast: true,
  luminanceThreshold: 0.35,
});
