import { createTheme, type CSSVariablesResolver } from '@mantine/core';
import { WaitingButton } from './shell/waiting-button';

/** The look of the dashboard; colours follow the person's preference for light or dark. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  autoContrast: true,
  luminanceThreshold: 0.35,
  components: {
    // Underlined, since colour alone does not mark a link within text.
    Alert: { defaultProps: { role: 'note' } },
    Anchor: { defaultProps: { underline: 'always' } },
    Button: { defaultProps: { component: WaitingButton } },
    Modal: {
      defaultProps: {
        // The second click of a double click that opened it must not close it; and what was typed is kept.
        closeOnClickOutside: false,
        closeButtonProps: { 'aria-label': 'Close' },
        // Its header is not a header of the page.
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

/** Replacements for colours of the library that are too faint to read. */
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
