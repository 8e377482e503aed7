import type { ComponentType } from 'react';

/** Browsers say in words of their own that a part of the dashboard is not to be had; of a style sheet Vite says it. */
export const isUnloaded = (error: unknown): boolean =>
  error instanceof Error && /module script|imported module|Importing a module|preload CSS/i.test(error.message);

/**
 * What stands where a part cannot be had.
 * @returns what handles that it was not loaded; whatever else went wrong is a defect, which nobody is to miss
 */
export const instead =
  <Props extends object>(component: ComponentType<Props>) =>
  (error: unknown): { default: ComponentType<Props> } => {
    if (!isUnloaded(error)) throw error;
    return { default: component };
  };
