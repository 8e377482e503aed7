import { pastOf } from './past';

it.each([
  ['0', { revision: 0 }],
  ['12', { revision: 12 }],
  ['9007199254740991', { revision: Number.MAX_SAFE_INTEGER }],
  ['2026-06-01T12:00:00Z', { asOf: '2026-06-01T12:00:00.000Z' }],
  ['2026-06-01T14:00+02:00', { asOf: '2026-06-01T12:00:00.000Z' }],
])('%s is a past', (text, past) => expect(pastOf(text)).toEqual(past));

it.each([
  '',
  '00',
  '01',
  '-1',
  '+1',
  '1.0',
  '1e3',
  ' 1',
  '9007199254740992',
  '99999999999999999999',
  '2026-06-01',
  'now',
])('"%s" is none', (text) => expect(pastOf(text)).toBeNull());
