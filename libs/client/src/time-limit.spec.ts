import { getEventListeners } from 'node:events';
import { pause, within } from './time-limit';

const HOUR = 3_600_000;
const reason = new Error('The user has left.');
const overdue = new Error('It took too long.');

describe('work within a time', () => {
  it('has the signal end when the time is over', async () => {
    await expect(
      within(
        1,
        undefined,
        () => overdue,
        (signal) => pause(HOUR, signal),
      ),
    ).rejects.toBe(overdue);
  });

  it('has the signal end when the outer one does', async () => {
    const outer = new AbortController();
    const work = within(
      HOUR,
      outer.signal,
      () => overdue,
      (signal) => pause(HOUR, signal),
    );
    outer.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it('is not begun when the outer signal has ended', async () => {
    const work = jest.fn(async () => 1);
    await expect(within(HOUR, AbortSignal.abort(reason), () => overdue, work)).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });

  it('has one listener on a signal that many share, until the last has come to its end', async () => {
    const outer = new AbortController();
    const short = Promise.withResolvers<number>();
    const long = (): Promise<void> =>
      within(
        HOUR,
        outer.signal,
        () => overdue,
        (signal) => pause(HOUR, signal),
      );
    const first = within(
      HOUR,
      outer.signal,
      () => overdue,
      () => short.promise,
    );
    const others = Array.from({ length: 11 }, long);
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(1);
    short.resolve(1);
    expect(await first).toBe(1);
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(1);
    outer.abort(reason);
    expect(await Promise.allSettled(others)).toEqual(others.map(() => ({ status: 'rejected', reason })));
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  });

  it('leaves nothing on a signal that outlives it, however it ends', async () => {
    const { signal } = new AbortController();
    expect(
      await within(
        HOUR,
        signal,
        () => overdue,
        async () => 1,
      ),
    ).toBe(1);
    await expect(
      within(
        HOUR,
        signal,
        () => overdue,
        () => Promise.reject(reason),
      ),
    ).rejects.toBe(reason);
    await pause(1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a pause', () => {
  it('ends with its signal, and does not begin after it', async () => {
    const outer = new AbortController();
    const waiting = pause(HOUR, outer.signal);
    outer.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pause(HOUR, outer.signal)).rejects.toBe(reason);
  });
});
