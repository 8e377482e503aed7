import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import type { JSX } from 'react';
import { RouterProvider } from 'react-router/dom';
import { nonce } from './nonce';
import { questions } from './questions';
import { router } from './routes';
import { legibleColors, theme } from './theme';

/** The providers around all pages. */
export const Dashboard = (): JSX.Element => (
  <MantineProvider theme={theme} cssVariablesResolver={legibleColors} defaultColorScheme="auto" getStyleNonce={nonce}>
    <QueryClientProvider client={questions}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>
);
