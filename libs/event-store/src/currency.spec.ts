import { setImmediate as nextTurn } from 'node:timers/promises';
import { Currency } from './currency';
import type { Changes, EventStore } from './event-store';

/** A log of one-event appends that can delay its answers. */
class Log {
  readonly events: { stream: string; revision: number }[] = [];
  asked = 0;
  hold: Promise<unknown> = Promise.resolve();

  add(stream: string, revision: number): string {
    this.events.push({ stream, revision });
    return this.position;
  }
  get position(): string {
    return String(this.events.length).padStart(8, '0');
  }
  readonly store = {
    changes: async (after: string, limit: number): Promise<Changes> => {
      this.asked += 1;
      const behind = this.events.slice(Number(after));
      const complete = behind.length <= limit && this.position >= after;
      const answer = { revisions: behind.slice(0, limit), upTo: this.position, complete };
      await this.hold;
      return answer;
    },
  } as unknown as EventStore;
}

describe('the version of a log', () => {
  it('is the same as long as nothing is appended to it', async () => {
    const log = new Log();
    const currency = new Currency(log.store);
    const looked = async (): Promise<number> => {
      await currency.refresh();
      return currency.version;
    };
    const empty = await looked();
    expect(await looked()).toBe(empty);
    const versions = [empty];
    const isNew = async (): Promise<void> => {
      const version = await looked();
      expect(versions).not.toContain(version);
      expect(await looked()).toBe(version);
      versions.push(version);
    };
    log.add('a', 0);
    await isNew();
    log.add('b', 0);
    log.add('a', 1);
    await isNew();
    for (let other = 0; other <= 1_000; other += 1) log.add(`other ${other}`, 0);
    await isNew();
    // An older copy has replaced the log, and is recognised as long as it ends before what was seen.
    log.events.pop();
    const [older, again] = [await looked(), await looked()];
    expect(versions).not.toContain(older);
    log.add('c', 0);
    log.add('c', 1);
    await isNew();
    expect(versions).not.toContain(again);
  });

  it('is another for whoever begins to follow it', async () => {
    const log = new Log();
    log.add('a', 0);
    const currency = new Currency(log.store);
    const { version } = currency;
    await currency.refresh();
    expect(currency.version).not.toBe(version);
  });
});

describe('what is remembered of a stream', () => {
  let log: Log;
  let currency: Currency;
  beforeEach(async () => {
    log = new Log();
    log.add('a', 0);
    currency = new Currency(log.store);
    await currency.refresh();
  });

  it('holds as long as nothing was appended to it', async () => {
    const known = { revision: 0, knownAt: currency.now };
    log.add('b', 0);
    await currency.refresh();
    expect(currency.holds('a', known)).toBe(true);
    expect(currency.holds('b', { revision: -1, knownAt: known.knownAt })).toBe(false);
  });

  it('is looked up at once for who says so, and looked up anew for each who comes later', async () => {
    const { asked } = log;
    const { promise: held, resolve: release } = Promise.withResolvers<null>();
    log.hold = held;
    const first = currency.refresh(true);
    await Promise.resolve();
    // Before the end of the turn.
    expect(log.asked).toBe(asked + 1);
    const known = { revision: 0, knownAt: currency.now };
    log.add('a', 1);
    const others = [currency.refresh(true), currency.refresh()];
    release(null);
    await first;
    expect(currency.holds('a', known)).toBe(true);
    await Promise.all(others);
    expect(log.asked).toBe(asked + 2);
    expect(currency.holds('a', known)).toBe(false);
    for (const atOnce of [true, false, true]) await currency.refresh(atOnce);
    expect(log.asked).toBe(asked + 5);
  });

  it('does not hold once the stream has moved on, and what was read after that does', async () => {
    const known = { revision: 0, knownAt: currency.now };
    log.add('a', 1);
    await currency.refresh();
    expect(currency.holds('a', known)).toBe(false);
    expect(currency.holds('a', { revision: 1, knownAt: currency.now })).toBe(true);
  });

  it('does not hold when it comes late, from before something that was seen already', async () => {
    const earlier = currency.now;
    log.add('a', 1);
    log.add('a', 2);
    await currency.refresh();
    expect(currency.holds('a', { revision: 1, knownAt: earlier })).toBe(false);
  });

  it('does not hold when too much has happened to look at', async () => {
    const known = { revision: 0, knownAt: currency.now };
    for (let other = 0; other <= 1_000; other += 1) log.add(`other ${other}`, 0);
    await currency.refresh();
    expect(currency.holds('a', known)).toBe(false);
    expect(currency.holds('a', { revision: 0, knownAt: currency.now })).toBe(true);
  });

  it('does not hold when the log has become an older copy, however much comes after that', async () => {
    log.add('a', 1);
    await currency.refresh();
    const known = { revision: 1, knownAt: currency.now };
    log.events.pop();
    await currency.refresh();
    expect(currency.holds('a', known)).toBe(false);
    log.add('b', 0);
    log.add('b', 1);
    await currency.refresh();
    expect(currency.holds('a', known)).toBe(false);
  });

  it('is looked up once for all who ask meanwhile, but never by a look that began before they came', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    log.hold = promise;
    const { asked } = log;
    const first = currency.refresh();
    while (log.asked === asked) await nextTurn();
    log.add('a', 1);
    const later = [currency.refresh(), currency.refresh(), currency.refresh()];
    log.hold = Promise.resolve();
    resolve(null);
    await first;
    await Promise.all(later);
    expect(log.asked - asked).toBe(2);
    expect(currency.holds('a', { revision: 0, knownAt: 1 })).toBe(false);
  });

  it('is looked up once for all who ask in one turn of the event loop', async () => {
    const { asked } = log;
    await Promise.all(Array.from({ length: 10 }, () => currency.refresh()));
    expect(log.asked - asked).toBe(1);
    await currency.refresh();
    expect(log.asked - asked).toBe(2);
  });

  it('is not said to hold to those who came during a look that failed, and they wait for no other one', async () => {
    const { promise: held, reject: fail } = Promise.withResolvers<never>();
    log.hold = held;
    const { asked } = log;
    const first = currency.refresh(true);
    await Promise.resolve();
    log.hold = Promise.resolve();
    const failures = Promise.allSettled([first, currency.refresh(), currency.refresh(true)]);
    fail(new Error('away'));
    expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(log.asked).toBe(asked + 1);
    await currency.refresh();
    expect(log.asked).toBe(asked + 2);
  });

  it('is not said to hold by a look that failed, and the next one is made all the same', async () => {
    log.hold = Promise.reject(new Error('away'));
    const [first, second] = [currency.refresh(), currency.refresh()];
    const failures = Promise.allSettled([first, second]);
    expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    log.hold = Promise.resolve();
    log.add('a', 1);
    await currency.refresh();
    expect(currency.holds('a', { revision: 0, knownAt: 1 })).toBe(false);
  });
});
