import fc from 'fast-check';
import type { EventToAppend, JsonObject } from './event-store';
import { chained, expectedHash, hashOf } from './hash-chain';
import { textsOf } from './json-texts';

const written = ({ data, metadata }: EventToAppend): unknown => ({
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
});
const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => value as JsonObject);

describe('the JSON of an event', () => {
  const event: EventToAppend = { id: 'x', type: 'Moved', data: { by: 1 }, metadata: { note: 'é' } };

  it('is what JSON.stringify writes, also where it is at hand since the event was chained', () => {
    const previous = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/));
    fc.assert(
      fc.property(object, object, previous, (data, { hash: _, 'previous-hash': __, ...metadata }, before) => {
        const link = chained({ ...event, data, metadata }, 'till-1', 0, before);
        expect(textsOf(link)).toEqual(written(link));
        expect(hashOf(link)).toBe(expectedHash({ ...link, stream: 'till-1', revision: 0, position: null }));
      }),
    );
  });

  it('is written anew for a copy, which may say something else', () => {
    const link = chained(event, 'till-1', 0, null);
    const copy = { ...link, data: { by: 1_000 } };
    expect(textsOf(copy)).toEqual(written(copy));
    expect(textsOf(copy)).not.toEqual(textsOf(link));
  });
});
