import fc from 'fast-check';
import { fromField, toField } from './times';

describe('a moment', () => {
  it('survives being shown in a field', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          const at = date.toISOString();
          // In the hour that clocks repeat, a field cannot tell which of two moments is meant.
          const back = fromField(toField(at));
          expect(toField(back ?? '')).toBe(toField(at));
        },
      ),
    );
  });

  it.each(['', 'x'])('is none where a field holds %j', (text) => expect(fromField(text)).toBeNull());
});
