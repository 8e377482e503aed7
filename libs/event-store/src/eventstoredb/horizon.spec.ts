import { Readable } from 'node:stream';
import type { ClientLifecycle } from './client-lifecycle';
import { Horizon } from './horizon';
import { settingsOf } from './options';
import { toPosition } from './positions';
import { eventAt } from './testing/scripted-reads';

const place = (revision: number): string => toPosition(String(revision), String(revision))!;

describe('the horizon', () => {
  it('stays where an append has moved it, although the end of the log that was read comes before that', async () => {
    const answer = Object.assign(new Readable({ objectMode: true, read: () => undefined }), {
      cancel: () => undefined,
    });
    const connection = { read: async (_: unknown, handOver: (call: unknown) => void) => handOver(answer) };
    const lifecycle = { settings: settingsOf({ url: '' }), current: connection } as unknown as ClientLifecycle;
    const horizon = new Horizon(lifecycle);
    const head = horizon.head();
    horizon.saw(place(7));
    answer.push(eventAt(5));
    expect(await head).toBe(place(7));
  });
});
