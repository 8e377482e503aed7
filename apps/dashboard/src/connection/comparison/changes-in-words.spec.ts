import { inWords } from './changes-in-words';

const nameOf = (id: string): string => ({ org_S: 'Acme' })[id] ?? id;
const told = (...changes: Parameters<typeof inWords>[0]): unknown[] =>
  inWords(changes, nameOf).map(({ label, before, after }) => [label, before, after]);

describe('what changed, in words', () => {
  it('has statuses and parties by their words', () =>
    expect(
      told(
        { attribute: 'status', from: 'active', to: 'inactive' },
        { attribute: 'deactivated-by', from: null, to: 'destination' },
      ),
    ).toEqual([
      ['Status', 'Active', 'Inactive'],
      ['Deactivated by', 'nothing', 'the destination'],
    ]));

  it('has organizations by their names, and lists as lists', () =>
    expect(
      told(
        { attribute: 'source-organization-id', from: null, to: 'org_S' },
        { attribute: 'destination-organization-id', from: null, to: 'org_D' },
        { attribute: 'scopes', from: null, to: ['a', 'b'] },
      ),
    ).toEqual([
      ['Source', 'nothing', 'Acme'],
      ['Destination', 'nothing', 'org_D'],
      ['Scopes', 'nothing', 'a, b'],
    ]));

  it('tells nothing twice', () =>
    expect(
      told({ attribute: 'token', from: null, to: 'cxn_1' }, { attribute: 'organization-id', from: null, to: 'org_S' }),
    ).toEqual([]));

  it('tells what it does not know as it is', () =>
    expect(told({ attribute: 'colour', from: 'red', to: null })).toEqual([['colour', 'red', 'nothing']]));
});
