import {
  changed,
  cursorOfLink,
  isFiltered,
  type ListView,
  parametersOf,
  queryOf,
  viewIn,
  wholeView,
} from './list-view';

const read = (query: string): ListView => viewIn(new URLSearchParams(query));

const everything: ListView = {
  statuses: ['pending', 'inactive'],
  role: 'destination',
  search: 'Globex & Söhne',
  sort: '-name',
  size: 100,
  cursor: { after: 'a/b+c=' },
};

describe('what the address says of the list', () => {
  it('is nothing where nothing is asked for', () => {
    expect(read('')).toEqual(wholeView);
    expect(parametersOf(wholeView).toString()).toBe('');
  });

  it('is read as it was written', () => {
    expect(read(parametersOf(everything).toString())).toEqual(everything);
    const back = { ...everything, cursor: { before: 'x' } };
    expect(read(parametersOf(back).toString())).toEqual(back);
  });

  it('counts as not said where it is wrong', () =>
    expect(read('status=gone,&direction=up&sort=color&size=7&after=')).toEqual(wholeView));

  it('is in one order, whatever order it is written in', () =>
    expect(read('status=inactive,pending').statuses).toEqual(['pending', 'inactive']));

  it('looks for no more than the API does', () => expect(read(`search=${'a'.repeat(300)}`).search).toHaveLength(200));
});

describe('a view', () => {
  it('is at its first page once it was changed', () => {
    expect(changed(everything, { role: null })).toEqual({ ...everything, role: null, cursor: null });
    expect(changed(everything, { cursor: { before: 'x' } }).cursor).toEqual({ before: 'x' });
  });

  it('says whether it leaves anything out', () => {
    expect(isFiltered(wholeView)).toBe(false);
    expect(isFiltered({ ...wholeView, sort: 'name', size: 10, cursor: { after: 'x' } })).toBe(false);
    expect(isFiltered({ ...wholeView, search: ' ' })).toBe(false);
    expect(isFiltered({ ...wholeView, search: 'a' })).toBe(true);
    expect(isFiltered({ ...wholeView, role: 'source' })).toBe(true);
    expect(isFiltered({ ...wholeView, statuses: ['active'] })).toBe(true);
  });

  it('becomes what the API is asked', () => {
    expect(queryOf(wholeView)).toEqual({ sort: '-created-at', 'page[size]': 25 });
    expect(queryOf({ ...everything, search: ' Globex ' })).toEqual({
      sort: '-name',
      'page[size]': 100,
      'filter[status]': 'pending,inactive',
      'filter[role]': 'destination',
      'filter[search]': 'Globex',
      'page[after]': 'a/b+c=',
    });
    expect(queryOf({ ...wholeView, cursor: { before: 'x' } })).toMatchObject({ 'page[before]': 'x' });
  });
});

describe('the cursor of a link', () => {
  const link = '/api/v1/connect/connections?page%5Bsize%5D=25&page%5B';

  it('is found in it', () => {
    expect(cursorOfLink(`${link}after%5D=abc%2B`)).toEqual({ after: 'abc+' });
    expect(cursorOfLink(`${link}before%5D=abc`)).toEqual({ before: 'abc' });
  });

  it('is none at the ends', () => expect(cursorOfLink(null)).toBeNull());
});
