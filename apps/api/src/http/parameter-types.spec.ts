import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { IsPast } from './parameter-types';

class Parameters {
  @IsPast() from: unknown;
}

const read = (from: unknown) => {
  const parameters = plainToInstance(Parameters, { from });
  const [error] = validateSync(parameters);
  return error ? Object.values(error.constraints ?? {}) : parameters.from;
};

it.each([
  ['0', { revision: 0 }],
  ['2026-06-01T12:00:00Z', { asOf: '2026-06-01T12:00:00.000Z' }],
])('a time of the past is a revision or a moment: %s', (text, past) => expect(read(text)).toEqual(past));

it.each(['00', '-1', 'yesterday', '', undefined, null, 7])('%s is none', (value) =>
  expect(read(value)).toEqual([expect.stringContaining('from must be a revision, such as 0, or a moment')]),
);
