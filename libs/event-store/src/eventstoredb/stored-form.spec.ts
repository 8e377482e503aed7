import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { AppendTooLarge, type EventToAppend, type JsonObject, MAXIMUM_APPEND_BYTES } from '../event-store';
import { fromStored, toStored } from './stored-form';

const event = (data: JsonObject, metadata: JsonObject): EventToAppend => ({
  id: randomUUID(),
  type: 'Done',
  data,
  metadata,
});
const stored = (metadata: JsonObject) => toStored('a-1', -1, [event({}, metadata)]).events[0]!;
const text = (metadata: JsonObject): string => Buffer.from(stored(metadata).metadata).toString();
const back = (metadata: JsonObject): JsonObject => fromStored('a-1', 0, stored(metadata)).metadata;

describe('the stored form', () => {
  it('adds the names by which the server finds what belongs together, after everything of ours', () =>
    expect(text({ 'correlation-id': 'order-1', 'causation-id': 'step-2', hash: 'abc' })).toBe(
      '{"correlation-id":"order-1","causation-id":"step-2","hash":"abc","$correlationId":"order-1","$causationId":"step-2"}',
    ));

  it('adds nothing where there is nothing to say', () => {
    expect(text({})).toBe('{}');
    expect(text({ 'correlation-id': null, by: 'x' })).toBe('{"correlation-id":null,"by":"x"}');
  });

  it('takes off what it added', () =>
    expect(back({ 'correlation-id': 'a', 'causation-id': 'b', hash: 'c' })).toEqual({
      'correlation-id': 'a',
      'causation-id': 'b',
      hash: 'c',
    }));

  it.each<JsonObject>([
    { $correlationId: 'mine' },
    { 'correlation-id': 'a', $correlationId: 'a' },
    { 'correlation-id': 'a', $correlationId: 'b', $$correlationId: 'c', z: 1 },
    { 'causation-id': 'a', $$$causationId: 1, $causationId: null, $other: 2 },
    JSON.parse('{"$correlationId":"x","__proto__":{"y":1}}') as JsonObject,
  ])('keeps such a name of our own: %j', (metadata) =>
    expect(JSON.stringify(back(metadata))).toBe(JSON.stringify(metadata)),
  );

  it('gives back any metadata, in its order', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('correlation-id', 'causation-id', '$correlationId', '$causationId', '$$causationId', '__proto__'),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (members) => {
        const metadata = JSON.parse(JSON.stringify(members)) as JsonObject;
        expect(JSON.stringify(back(metadata))).toBe(JSON.stringify(metadata));
      }),
    );
  });

  it('counts what was given against the limit, and not what it adds', () => {
    const fitting = event({ text: 'x'.repeat(MAXIMUM_APPEND_BYTES - 34) }, { 'correlation-id': '12' });
    expect(toStored('a-1', -1, [fitting]).bytes).toBe(MAXIMUM_APPEND_BYTES);
    const larger = event(fitting.data, { 'correlation-id': '123' });
    expect(() => toStored('a-1', -1, [larger])).toThrow(AppendTooLarge);
  });

  it('refuses what is no JSON', () => {
    expect(() => toStored('a-1', -1, [event({ n: 1n } as unknown as JsonObject, {})])).toThrow(/BigInt/);
    expect(() => toStored('a-1', -1, [event(undefined as unknown as JsonObject, {})])).toThrow(/undefined/);
  });

  it.each(['', '{"n":1', '[]', 'null', '7'])('says where the text is no object: %j', (data) => {
    const damaged = { ...stored({}), data: new Uint8Array(Buffer.from(data)) };
    expect(() => fromStored('a-1', 5, damaged)).toThrow('The event log is damaged at a-1@5');
  });

  it('reads an event without metadata, as other programs may write it', () =>
    expect(fromStored('a-1', 0, { ...stored({}), metadata: new Uint8Array() }).metadata).toEqual({}));
});
