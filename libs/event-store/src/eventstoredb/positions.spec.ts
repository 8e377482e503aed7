import { START } from '../event-store';
import { bytesBetween, fromPosition, toPosition } from './positions';

describe('a position in an EventStoreDB log', () => {
  const largest = '18446744073709551614';

  it('is 40 digits, made of the commit and the prepare offset', () =>
    expect(toPosition('4226', '17')).toBe('0000000000000000422600000000000000000017'));

  it.each([
    ['0', '0'],
    ['4226', '4096'],
    [largest, '9007199254740993'],
  ])('of %s and %s is read back exactly', (commit, prepare) =>
    expect(fromPosition(toPosition(commit, prepare) ?? '')).toEqual({ commit, prepare }),
  );

  it('compares as a string, by commit first and by prepare then', () => {
    const ordered = [
      START,
      toPosition('0', '0'),
      toPosition('9', '9'),
      toPosition('10', '2'),
      toPosition('10', '10'),
      toPosition('9007199254740992', '1'),
      toPosition('9007199254740993', '1'),
      toPosition(largest, '0'),
    ];
    expect([...ordered].reverse().sort()).toEqual(ordered);
  });

  it('is not known where the server says the largest number', () =>
    expect(toPosition('18446744073709551615', '18446744073709551615')).toBeNull());

  it('before everything has no offsets', () => expect(fromPosition(START)).toBeNull());

  it('of another store is refused', () =>
    expect(() => fromPosition('0000000000000001')).toThrow('"0000000000000001" is not a position'));

  it('is as far from another as there are bytes between their commits', () => {
    const [early, late] = [toPosition('9007199254740993', '3') ?? '', toPosition('9007199254741995', '5') ?? ''];
    expect(bytesBetween(early, late)).toBe(1_002);
    expect(bytesBetween(late, early)).toBe(0);
    expect(bytesBetween(START, toPosition('77', '77') ?? '')).toBe(77);
  });
});
