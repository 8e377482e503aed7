import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import { JUDGE_EVERY, LongAnswers } from './long-answers';
import type { AuthenticatedRequest } from './request';
import type { StillPermitted } from './still-permitted';

/** As much of an answer's connection as is looked at. */
class Connection extends EventEmitter {
  closed = false;
  writableNeedDrain = false;
  destroy(): void {
    this.closed = true;
    this.emit('close');
  }
}

describe('answers that take long', () => {
  let permitted: () => Promise<boolean>;
  beforeEach(() => {
    jest.useFakeTimers();
    permitted = () => Promise.resolve(true);
  });
  afterEach(() => jest.useRealTimers());

  const answers = (isCutOff: boolean): LongAnswers =>
    new LongAnswers({ judge: () => permitted() } as unknown as StillPermitted, {
      permission: 'export',
      isCutOff,
      mostForOne: 2,
      tooMany: (open) => `You have ${open}.`,
    });
  const begin = (of: LongAnswers, id: string, raw = new Connection()) => {
    const over = of.begin({ caller: { id } } as AuthenticatedRequest, { raw } as unknown as FastifyReply);
    return { raw, over };
  };

  it('are so many for each caller, of whom one that has closed counts no more', () => {
    const some = answers(true);
    const [first] = [begin(some, 'api_A'), begin(some, 'api_A'), begin(some, 'api_B')];
    expect(() => begin(some, 'api_A')).toThrow(expect.objectContaining({ message: 'You have 2.', retryAfter: 5 }));
    first.raw.destroy();
    expect(first.over.aborted).toBe(true);
    begin(some, 'api_A');
    expect(() => begin(some, 'api_A')).toThrow('You have 2.');
  });

  it('do not count, and are over, where the client has gone before', () => {
    const some = answers(true);
    for (let times = 0; times < 3; times += 1) {
      const gone = new Connection();
      gone.destroy();
      expect(begin(some, 'api_A', gone).over.aborted).toBe(true);
    }
    expect(begin(some, 'api_A').over.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('are over, and cut off, once they may not be had any more', async () => {
    const { raw, over } = begin(answers(true), 'api_A');
    await jest.advanceTimersByTimeAsync(2 * JUDGE_EVERY);
    permitted = () => Promise.reject(new Error('the database went away'));
    await jest.advanceTimersByTimeAsync(2 * JUDGE_EVERY);
    expect([raw.closed, over.aborted]).toEqual([false, false]);
    permitted = () => Promise.resolve(false);
    await jest.advanceTimersByTimeAsync(JUDGE_EVERY);
    expect([raw.closed, over.aborted]).toEqual([true, true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are cut off only where nobody reads, where they end by themselves', async () => {
    const { raw, over } = begin(answers(false), 'api_A');
    permitted = () => Promise.resolve(false);
    await jest.advanceTimersByTimeAsync(JUDGE_EVERY);
    expect([raw.closed, over.aborted]).toEqual([false, true]);
    raw.writableNeedDrain = true;
    await jest.advanceTimersByTimeAsync(JUDGE_EVERY);
    expect(raw.closed).toBe(true);
  });
});
