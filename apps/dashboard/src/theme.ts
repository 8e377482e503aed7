import { createTheme } from '@mantine/core';

/** How everything looks; colours follow the person's preference for light or dark. */
export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  autoContrast: true,
  luminanceThreshold: 0.35,
  components: {
    Modal: {
      defaultProps: {
        // The second click of a double click on what opened it is not meant for it, and what was typed is kept.
        closeOnClickOutside: false,
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show or hide the password' } } },
  },
});
