import { InvalidArgumentError } from 'commander';
import { pastIn, sizeIn } from './arguments';

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

it.each([
  ['0', 0],
  ['42', 42],
  ['0000000000000042', 42],
  ['0000000000000000', 0],
])('a size is read as it is written, or as a file of a checkpoint is named: %s', (text, size) =>
  expect(sizeIn(text)).toBe(size),
);

it.each(['', '-1', '4x', '1e3', '99999999999999999'])('%j is no size', (text) => {
  expect(() => sizeIn(text)).toThrow(InvalidArgumentError);
});
