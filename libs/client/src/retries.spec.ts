import { retryAfterOf } from './answers';
import { Unavailable } from './errors';
import { waitBefore } from './retries';

const failed = (retryAfter: number | null): Unavailable => new Unavailable('', { code: 'unavailable', retryAfter });

describe('the wait before a retry', () => {
  it('is any time up to a bound that doubles, and no longer than five seconds', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((retry) => waitBefore(retry, failed(null), 1));
    expect(longest).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(waitBefore(3, failed(null), 0)).toBe(0);
    expect(waitBefore(3, failed(null), 0.5)).toBe(400);
  });

  it('comes after the time that was asked for', () => {
    expect(waitBefore(1, failed(30_000), 0)).toBe(30_000);
    expect(waitBefore(1, failed(30_000), 0.5)).toBe(30_100);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');

  it.each([
    ['0', 0],
    ['7', 7_000],
    ['Mon, 01 Jun 2026 00:00:30 GMT', 30_000],
    ['Sun, 31 May 2026 23:59:00 GMT', 0],
    ['soon', null],
    ['2, 2', null],
    ['-1', null],
    ['1.5', null],
    ['', null],
  ])('of %j is %s milliseconds', (value, expected) =>
    expect(retryAfterOf(new Headers({ 'retry-after': value }), now)).toBe(expected),
  );

  it('may be left out', () => expect(retryAfterOf(new Headers(), now)).toBeNull());
});
