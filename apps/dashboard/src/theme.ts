import { createTheme, type CSSVariablesResolver } from '@mantine/core';
import { WaitingButton } from './shell/waiting-button';

/** How everything looks; colours follow the person's preference for light or dark. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  autoContrast: true,
  luminanceThreshold: 0.35,
  components: {
    // Among other words, colour alone does not tell a link.
    Alert: { defaultProps: { role: 'note' } },
    Anchor: { defaultProps: { underline: 'always' } },
    Button: { defaultProps: { component: WaitingButton } },
    Modal: {
      defaultProps: {
        // The second click of a double click on what opened it is not meant for it, and what was typed is kept.
        closeOnClickOutside: false,
        closeButtonProps: { 'aria-label': 'Close' },
        // It is no header of the page.
        attributes: { header: { role: 'none' } },
        styles: { title: { fontWeight: 600, overflowWrap: 'anywhere' } },
      },
    },
    Notification: { defaultProps: { role: 'status', closeButtonProps: { 'aria-label': 'Dismiss' } } },
    PasswordInput: {
      defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show or hide the password', tabIndex: 0 } },
    },
  },
});

/** Where the library's own colours are too faint to be read by everybody. */
export const legibleColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
