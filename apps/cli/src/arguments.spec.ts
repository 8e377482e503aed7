import { InvalidArgumentError } from 'commander';
import { pastIn } from './arguments';

it.each([
  ['0', { revision: 0 }],
  ['2026-06-01T12:00:00Z', { asOf: '2026-06-01T12:00:00.000Z' }],
])('a time of the past is a revision or a moment: %s', (text, past) => expect(pastIn(text)).toEqual(past));

it.each([
  ['00', 'It must be a revision'],
  ['yesterday', 'It must be a revision'],
  ['9999-01-01T00:00:00Z', 'It lies in the future'],
])('%s is none', (text, message) => {
  expect(() => pastIn(text)).toThrow(InvalidArgumentError);
  expect(() => pastIn(text)).toThrow(message);
});
