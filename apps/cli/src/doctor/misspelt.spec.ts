import { misspelt } from './misspelt';

const SETTINGS = ['PORT', 'DATA_DIR', 'RATE_LIMIT_PER_MINUTE', 'OIDC_NAME'];

describe('a variable of the environment', () => {
  it.each([
    ['DATADIR', 'DATA_DIR'],
    ['data_dir', 'DATA_DIR'],
    ['DATA_DIRS', 'DATA_DIR'],
    ['DATA_IR', 'DATA_DIR'],
    ['DATE_DIR', 'DATA_DIR'],
    ['_DATA_DIR', 'DATA_DIR'],
    ['RATE_LIMIT_PERMINUTE', 'RATE_LIMIT_PER_MINUTE'],
    ['RATE_LIMIT_PER_MINUTES', 'RATE_LIMIT_PER_MINUTE'],
    ['ODIC_NAME', undefined],
    ['DATA_DIR', undefined],
    ['DATA', undefined],
    ['PORTS', undefined],
    ['PATH', undefined],
    ['', undefined],
  ])('%j is meant to be %s', (name, meant) =>
    expect(misspelt([name], SETTINGS)).toEqual(meant === undefined ? [] : [{ name, meant }]),
  );
});
