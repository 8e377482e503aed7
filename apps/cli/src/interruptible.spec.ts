import { interruptible } from './interruptible';

describe('work that can be interrupted', () => {
  const heeded = (): number[] => ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends in good order by %s, and the next one ends the process',
    async (signal) => {
      const before = heeded();
      let during: number[] = [];
      const work = interruptible('It was interrupted.', async (interruption) => {
        during = heeded();
        process.emit(signal);
        // No listeners are left for either signal, so the system's default applies.
        expect(heeded()).toEqual(before);
        interruption.throwIfAborted();
      });
      await expect(work).rejects.toMatchObject({ code: 'interrupted', message: 'It was interrupted.' });
      expect(during).toEqual(before.map((count) => count + 1));
    },
  );

  it('leaves signals alone once it is done', async () => {
    const before = heeded();
    expect(await interruptible('It was interrupted.', async () => 7)).toBe(7);
    expect(heeded()).toEqual(before);
  });
});
