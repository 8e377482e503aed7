import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Silence } from './errors';
import { Inbox, type Sender } from './inbox';

/** A sender that counts up for ever, as fast as the receiver permits. */
class Endless extends Readable implements Sender<number> {
  sent = 0;
  cancelled = false;
  constructor() {
    super({ objectMode: true, highWaterMark: 16 });
  }
  override _read(): void {
    this.push(this.sent++);
  }
  cancel(): void {
    this.cancelled = true;
  }
}

const open = (room: number, bytes = 1): { inbox: Inbox<number>; sender: Endless } => {
  const inbox = new Inbox<number>(room, () => bytes);
  const sender = new Endless();
  inbox.open(async (handOver) => handOver(sender));
  return { inbox, sender };
};

const manyTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
};

describe('an inbox', () => {
  it('takes no more messages than it has room for, and goes on once there is room', async () => {
    const { inbox, sender } = open(50);
    await manyTurns();
    expect(sender.sent).toBeLessThan(100);
    expect(inbox.take(50)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    await inbox.wait(1_000);
    expect(inbox.take(1)).toEqual([50]);
    sender.destroy();
  });

  it('takes no more bytes than it has room for, however few messages they are', async () => {
    const { inbox, sender } = open(1_000, 1_048_576);
    await manyTurns();
    expect(sender.sent).toBeLessThan(50);
    expect(inbox.take(1_000)).toHaveLength(16);
    sender.destroy();
  });

  it('gives what came before the fault, and then the fault', async () => {
    const sender = new Readable({ objectMode: true, read: () => undefined });
    const inbox = new Inbox<number>(10, () => 1);
    inbox.open(async (handOver) => handOver(Object.assign(sender, { cancel: () => undefined })));
    sender.push(1);
    await nextTurn();
    sender.emit('error', new Error('gone'));
    await inbox.wait(1_000);
    expect(inbox.take(10)).toEqual([1]);
    await expect(inbox.wait(1_000)).rejects.toThrow('gone');
  });

  it('gives the fault also where all is over in the same turn, and never takes it for an end', async () => {
    const sender = new Readable({ objectMode: true, read: () => undefined });
    const inbox = new Inbox<number>(10, () => 1);
    inbox.open(async (handOver) => handOver(Object.assign(sender, { cancel: () => undefined })));
    const waiting = inbox.wait(1_000);
    await nextTurn();
    sender.push(1);
    sender.push(null);
    sender.emit('error', new Error('gone'));
    await waiting;
    await manyTurns();
    expect(inbox.take(10)).toEqual([1]);
    expect(inbox.over).toBe(false);
    await expect(inbox.wait(1_000)).rejects.toThrow('gone');
  });

  it('notices by its own clock that nothing comes', async () => {
    const inbox = new Inbox<number>(10, () => 1);
    inbox.open(() => new Promise(() => undefined));
    await expect(inbox.wait(10)).rejects.toThrow(Silence);
  });

  it('lets go of a call that is only made after it was given up', async () => {
    const sender = new Endless();
    const inbox = new Inbox<number>(10, () => 1);
    let make = (): void => undefined;
    inbox.open((handOver) => {
      make = () => handOver(sender);
      return Promise.resolve();
    });
    inbox.cancel();
    make();
    await nextTurn();
    expect(sender.cancelled).toBe(true);
    sender.destroy();
  });
});
