import fc from 'fast-check';
import { eventTypes } from './event-types';
import { noFilter, type PageAddress, type Past, readAddress, views, writeAddress } from './page-address';

const plain: PageAddress = { ...noFilter, view: 'history', past: null, order: 'newest', from: null, to: null };

const moments = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const pasts = fc.oneof<fc.Arbitrary<Past>[]>(fc.record({ revision: fc.nat() }), fc.record({ asOf: moments }));
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });

describe('the address of the page', () => {
  it('says everything that it was given', () => {
    const addresses = fc.record<PageAddress>({
      view: fc.constantFrom(...views),
      past: maybe(pasts),
      order: fc.constantFrom('newest', 'oldest'),
      types: fc.subarray(eventTypes),
      actor: maybe(fc.constantFrom('org_DEF456', 'usr_1', 'api_x')),
      start: maybe(moments),
      end: maybe(moments),
      from: maybe(pasts),
      to: maybe(pasts),
    });
    fc.assert(
      fc.property(addresses, (address) => {
        const text = writeAddress(address).toString();
        expect(readAddress(new URLSearchParams(text))).toEqual(address);
      }),
    );
  });

  it('is short where there is nothing to say', () => {
    expect(writeAddress(plain).toString()).toBe('');
    expect(readAddress(new URLSearchParams())).toEqual(plain);
  });

  it.each([
    'view=everything',
    'revision=-1',
    'revision=01',
    'revision=',
    'as-of=yesterday',
    'as-of=2026-02-99T00:00:00Z',
    'as-of=9999-12-31T23:59:59-12:00',
    'from=0000-01-01T00:00:00%2B12:00',
    'order=random',
    'event=ConnectionDeleted',
    'actor=somebody',
    'start=2026',
    'from=x',
    'to=1e3',
  ])('with %s says no more than without', (text) => expect(readAddress(new URLSearchParams(text))).toEqual(plain));

  it('takes moments in any zone', () => {
    const { past } = readAddress(new URLSearchParams({ 'as-of': '2026-06-01T14:00:00+02:00' }));
    expect(past).toEqual({ asOf: '2026-06-01T12:00:00.000Z' });
  });
});
