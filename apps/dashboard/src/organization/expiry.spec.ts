import { expiresAt } from './expiry';

const now = new Date(2026, 5, 1, 12, 30);

describe('when an API key ends', () => {
  it('is never, where that is chosen', () => expect(expiresAt('never', '', now)).toBeNull());

  it('is the end of the day so many days later', () =>
    expect(expiresAt('90', '', now)).toBe(new Date(2026, 7, 30, 23, 59, 59, 999).toISOString()));

  it('is the end of the day that is chosen', () =>
    expect(expiresAt('day', '2026-06-01', now)).toBe(new Date(2026, 5, 1, 23, 59, 59, 999).toISOString()));

  it('is not known while no day is chosen, or one that is over', () => {
    expect(expiresAt('day', '', now)).toBeUndefined();
    expect(expiresAt('day', '2026-05-31', now)).toBeUndefined();
  });
});
