import { isPolling, waitBeforeNext } from './patience';

describe('the patience with a stream that fails', () => {
  it('waits twice as long each time, up to half a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => waitBeforeNext(failures, 1));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('spreads those who wait', () => {
    expect(waitBeforeNext(3, 0)).toBe(2_000);
    expect(waitBeforeNext(3, 0.5)).toBe(3_000);
  });

  it('asks for events once the stream has failed three times in a row', () =>
    expect([0, 1, 2, 3, 4].map(isPolling)).toEqual([false, false, false, true, true]));
});
