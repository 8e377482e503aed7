import { utcMoment } from './utc';

describe('a moment', () => {
  it('is told in UTC', () => expect(utcMoment('2026-06-01T12:00:00Z')).toBe('2026-06-01 12:00:00.000 UTC'));
});
