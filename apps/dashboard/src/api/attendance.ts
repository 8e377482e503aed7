/** For so long after somebody did something they are taken to be there, in milliseconds. */
const LINGERS = 60_000;

let last = performance.now();

for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const) {
  window.addEventListener(sign, () => (last = performance.now()), { capture: true, passive: true });
}

/**
 * Headers of a request: what a page asks while nobody is at it does not keep the session from idling away.
 * @returns none while somebody is there
 */
export const attendance = (): Readonly<Record<string, string>> =>
  performance.now() - last < LINGERS ? {} : { 'connect-unattended': 'true' };
