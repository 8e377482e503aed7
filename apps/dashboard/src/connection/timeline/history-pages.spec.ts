import type { EventType, HistoryEvent } from '../event-types';
import { noFilter } from '../page-address';
import { byDay, isMeant, notIn, withNew } from './history-pages';

const event = (revision: number, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  connectionId: 'cxn_1',
  revision,
  event: 'ConnectionActivated',
  summary: '',
  fromStatus: 'pending',
  toStatus: 'active',
  actor: { type: 'user', id: 'usr_1', organizationId: 'org_D', role: 'destination' },
  reason: null,
  redacted: false,
  redactedRevision: null,
  occurredAt: `2026-06-0${1 + revision}T12:00:00.000Z`,
  requestId: null,
  correlationId: null,
  position: null,
  previousHash: null,
  hash: null,
  ...more,
});

const revisionsIn = (pages: readonly { events: readonly HistoryEvent[] }[]): number[][] =>
  pages.map(({ events }) => events.map(({ revision }) => revision));

describe('a history in parts', () => {
  it.each([
    ['nothing', {}, true],
    ['its type', { types: ['ConnectionActivated'] as EventType[] }, true],
    ['another type', { types: ['ConnectionCreated'] as EventType[] }, false],
    ['its actor', { actor: 'usr_1' }, true],
    ['the organization of its actor', { actor: 'org_D' }, true],
    ['another actor', { actor: 'usr_2' }, false],
    ['its moment as the start', { start: '2026-06-02T12:00:00.000Z' }, true],
    ['a later start', { start: '2026-06-02T12:00:00.001Z' }, false],
    ['its moment as the end', { end: '2026-06-02T12:00:00.000Z' }, true],
    ['an earlier end', { end: '2026-06-02T11:59:59.999Z' }, false],
  ])('filtered by %s', (_, filter, meant) => expect(isMeant({ ...noFilter, ...filter }, event(1))).toBe(meant));

  it('takes in what is new at the end where it belongs', () => {
    const newest = [
      { events: [event(3), event(2)], next: 'x' },
      { events: [event(1), event(0)], next: null },
    ];
    expect(revisionsIn(withNew(newest, [event(4), event(5)], 'newest'))).toEqual([
      [5, 4, 3, 2],
      [1, 0],
    ]);
    const oldest = [
      { events: [event(0), event(1)], next: 'x' },
      { events: [event(2), event(3)], next: null },
    ];
    expect(revisionsIn(withNew(oldest, [event(4), event(5)], 'oldest'))).toEqual([
      [0, 1],
      [2, 3, 4, 5],
    ]);
  });

  it('leaves what is new to the rest, where there is a rest', () => {
    const begun = [{ events: [event(0), event(1)], next: 'x' }];
    expect(withNew(begun, [event(4)], 'oldest')).toEqual(begun);
    expect(withNew([], [event(4)], 'newest')).toEqual([]);
  });

  it('takes nothing in twice', () => {
    expect(notIn([{ events: [event(1)] }], [event(0), event(1), event(2)]).map(({ revision }) => revision)).toEqual([
      0, 2,
    ]);
  });

  it('is grouped by days in its order', () => {
    const dayOf = (at: string): string => at.slice(0, 10);
    const days = byDay([event(2), event(1, { occurredAt: '2026-06-03T01:00:00.000Z' }), event(0)], dayOf);
    expect(days.map(({ day, events }) => [day, events.map(({ revision }) => revision)])).toEqual([
      ['2026-06-03', [2, 1]],
      ['2026-06-01', [0]],
    ]);
    expect(byDay([], dayOf)).toEqual([]);
  });
});
