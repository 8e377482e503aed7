/** How long a person counts as present after their last action, in milliseconds. */
const LINGERS = 60_000;

let last = performance.now();

for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const) {
  window.addEventListener(sign, () => (last = performance.now()), { capture: true, passive: true });
}

/**
 * A request header for when nobody is present: such requests do not keep the session from idling out.
 * @returns no header while somebody is present.
 */
export const attendance = (): Readonly<Record<string, string>> =>
  performance.now() - last < LINGERS ? {} : { 'connect-unattended': 'true' };
