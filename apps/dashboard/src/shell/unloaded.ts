import type { ComponentType } from 'react';

/**
 * Whether an error says that a part of the dashboard could not be loaded: each browser has its own message, and Vite
 * has one for style sheets.
 */
export const isUnloaded = (error: unknown): boolean =>
  error instanceof Error && /module script|imported module|Importing a module|preload CSS/i.test(error.message);

/**
 * Replaces a part that could not be loaded.
 * @returns a handler for the failed import; any other error is a defect, and is thrown on.
 */
export const instead =
  <Props extends object>(component: ComponentType<Props>) =>
  (error: unknown): { default: ComponentType<Props> } => {
    if (!isUnloaded(error)) throw error;
    return { default: component };
  };
