import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/**
 * A component that is loaded when it is shown first, and what loads it before, such as when somebody points at what
 * shows it. Where that fails, showing it tries again, and tells.
 */
export function prepared<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): [LazyExoticComponent<ComponentType<Props>>, () => void] {
  return [lazy(load), () => void load().catch(() => undefined)];
}
