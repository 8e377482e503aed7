import { AppendsBeside } from './beside';
import { Overtaken, StoreUnavailable, WrongExpectedRevision } from './event-store';

const appended = { revision: 0, position: '1' };
const lost = new WrongExpectedRevision('s', 0, 1);
const away = new StoreUnavailable('away');

describe('what lies beside the log', () => {
  /** The calls, in order. */
  let seen: string[];
  const beside = {
    keep: async () => void seen.push('kept'),
    discard: async () => void seen.push('discarded'),
  };
  beforeEach(() => (seen = []));

  /** Runs appends with these outcomes, one after the other. */
  const after = async (...outcomes: (typeof appended | Error)[]): Promise<string[]> => {
    const appends = new AppendsBeside(beside);
    for (const outcome of outcomes) {
      const append = async (): Promise<typeof appended> => {
        seen.push('appending');
        if (outcome instanceof Error) throw outcome;
        return outcome;
      };
      await appends.append(append).catch((error: unknown) => expect(error).toBe(outcome));
    }
    await appends.settle();
    return seen;
  };

  it('is left alone where nothing is appended', async () => expect(await after()).toEqual([]));
  it('is there before the event is', async () => expect(await after(appended)).toEqual(['kept', 'appending']));
  it('is kept once, however often a race is lost before it is won', async () =>
    expect(await after(lost, lost, appended)).toEqual(['kept', 'appending', 'appending', 'appending']));
  it('is gone where the race was lost for good', async () =>
    expect(await after(lost)).toEqual(['kept', 'appending', 'discarded']));
  it('is gone where another try has taken over', async () =>
    expect(await after(lost, new Overtaken())).toEqual(['kept', 'appending', 'appending', 'discarded']));
  it('stays where nobody knows whether the event was written', async () => {
    expect(await after(away)).toEqual(['kept', 'appending']);
    expect(await after(lost, away)).not.toContain('discarded');
  });

  it('keeps the event from being appended where it cannot be kept', async () => {
    const appends = new AppendsBeside({ ...beside, keep: () => Promise.reject(new Error('no room')) });
    await expect(appends.append(() => Promise.reject(new Error('was appended')))).rejects.toThrow('no room');
  });

  it('takes nobody’s answer away where it cannot be discarded', async () => {
    const appends = new AppendsBeside({ ...beside, discard: () => Promise.reject(new Error('no room')) });
    await expect(appends.append(() => Promise.reject(lost))).rejects.toBe(lost);
    await expect(appends.settle()).resolves.toBeUndefined();
  });
});
