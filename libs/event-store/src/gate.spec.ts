import { StoreUnavailable } from './event-store';
import { Gate } from './gate';

const settings = { maximumInFlight: 2, maximumWaiting: 3, giveUpAfter: 60_000 };
const MEBIBYTE = 1_048_576;

describe('the gate', () => {
  it('lets so many in at once, and the others in the order in which they came', async () => {
    const gate = new Gate(settings);
    expect([gate.enter(1), gate.enter(1)]).toEqual([undefined, undefined]);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (n) => {
      await gate.enter(1);
      order.push(n);
    });
    expect(() => gate.enter(1)).toThrow(StoreUnavailable);
    for (let n = 0; n < 3; n += 1) gate.leave(1);
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it('lets in no more bytes than there is room for, but always one append', () => {
    const gate = new Gate({ ...settings, maximumInFlight: 100 });
    expect(gate.enter(100 * MEBIBYTE)).toBeUndefined();
    expect(gate.enter(1)).toBeInstanceOf(Promise);
    gate.leave(100 * MEBIBYTE);
    expect(gate.enter(8 * MEBIBYTE)).toBeUndefined();
    expect(gate.enter(9 * MEBIBYTE)).toBeInstanceOf(Promise);
  });

  it('lets no more bytes wait than there is room for', () => {
    const gate = new Gate(settings);
    void gate.enter(1);
    void gate.enter(1);
    void gate.enter(40 * MEBIBYTE);
    expect(() => gate.enter(40 * MEBIBYTE)).toThrow('1 appends wait already; nothing was written');
  });

  it('turns away what has waited so long that nobody waits for it any more', async () => {
    const gate = new Gate({ ...settings, maximumInFlight: 1, giveUpAfter: -1 });
    void gate.enter(1);
    const waiting = [gate.enter(1), gate.enter(1)].map((entering) =>
      expect(entering).rejects.toThrow(/waited its turn/),
    );
    gate.leave(1);
    await Promise.all(waiting);
    expect(gate.enter(1)).toBeUndefined();
  });

  it('is idle once everybody has left', async () => {
    const gate = new Gate({ ...settings, maximumInFlight: 1 });
    await gate.idle();
    void gate.enter(1);
    const left: string[] = [];
    const entering = gate.enter(1)?.then(() => left.push('entered'));
    const idle = gate.idle().then(() => left.push('idle'));
    gate.leave(1);
    await entering;
    gate.leave(1);
    await idle;
    expect(left).toEqual(['entered', 'idle']);
  });
});
