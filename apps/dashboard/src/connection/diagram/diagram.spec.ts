import { BEGINNING, column, cornerOf, drawnOf, HEIGHT, NODE, WIDTH } from './geometry';
import { numbersIn, walkedIn, ways } from './walked-path';

const event = (
  revision: number,
  type: Parameters<typeof walkedIn>[0][number]['event'],
  fromStatus: 'pending' | 'active' | 'inactive' | null,
) => ({
  revision,
  event: type,
  fromStatus,
});

describe('the path that a connection has walked', () => {
  it('has every step with the status that it began in, and nothing that changes no status', () => {
    const walked = walkedIn([
      event(0, 'ConnectionCreated', null),
      event(1, 'ConnectionTextRedacted', 'pending'),
      event(2, 'ConnectionDeactivated', 'pending'),
      event(3, 'ConnectionReturnedToPending', 'inactive'),
      event(4, 'ConnectionActivated', 'pending'),
      event(5, 'ConnectionDeactivated', 'active'),
    ]);
    expect(walked.map(({ revision, step, from, to }) => [revision, step, from, to])).toEqual([
      [0, 'create', null, 'pending'],
      [2, 'deactivate', 'pending', 'inactive'],
      [3, 'reactivate', 'inactive', 'pending'],
      [4, 'activate', 'pending', 'active'],
      [5, 'deactivate', 'active', 'inactive'],
    ]);
  });
});

describe('the numbers beside an arrow', () => {
  it.each([
    [[], ''],
    [[0], '0'],
    [[1, 4, 8], '1, 4, 8'],
    [[1, 4, 8, 11, 14], '… 8, 11, 14'],
    [[9_991, 9_994, 9_997], '… 9997'],
    [[123_456_789_012], '123456789012'],
  ])('of %j are %j', (revisions, text) => expect(numbersIn(revisions)).toBe(text));
});

describe('the state diagram', () => {
  it('has the five ways of the lifecycle', () => {
    expect(ways.map(({ step, from, to }) => `${step}: ${from} to ${to}`)).toEqual([
      'create: null to pending',
      'activate: pending to active',
      'deactivate: pending to inactive',
      'deactivate: active to inactive',
      'reactivate: inactive to pending',
    ]);
  });

  it('has room for everything', () => {
    expect(column).toEqual(['pending', 'active', 'inactive']);
    let above = BEGINNING.y + BEGINNING.radius;
    for (const { x, y } of column.map(cornerOf)) {
      expect(y).toBeGreaterThan(above);
      expect(x).toBeGreaterThan(0);
      above = y + NODE.height;
    }
    expect(above).toBeLessThanOrEqual(HEIGHT);
  });

  it('draws each way from the edge of its status to the edge of the next, inside the drawing', () => {
    const paths = ways.map(drawnOf);
    expect(new Set(paths.map(({ path }) => path)).size).toBe(ways.length);
    for (const [index, { path, label }] of paths.entries()) {
      const { from, to } = ways[index]!;
      const numbers = path.match(/\d+(\.\d+)?/g)!.map(Number);
      for (const number of numbers) expect(number).toBeLessThanOrEqual(Math.max(WIDTH, HEIGHT));
      expect(label.x).toBeGreaterThan(60);
      expect(label.x).toBeLessThan(WIDTH - 60);
      const isStraight = from === null || column.indexOf(to) - column.indexOf(from) === 1;
      expect([path, path.includes('Q')]).toEqual([path, !isStraight]);
    }
  });
});
