import type { Answered } from './answers.js';
import type { Query } from './transport.js';

/** One page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** The cursor of the page after this one, for `after`; null at the end. */
  readonly next: string | null;
  /**
   * The cursor of the page before this one, for `before`; null at the beginning, and for lists that only go forwards.
   */
  readonly previous: string | null;
}

/** The largest page that the service gives. */
const LARGEST = 100;

/** A list. Nothing is requested until it is read; each page is a separate call, with its own time limit and retries. */
export class Pages<T> implements AsyncIterable<T> {
  readonly #query: Query;
  readonly #read: (query: Query) => Promise<Answered>;

  constructor(query: Query, read: (query: Query) => Promise<Answered>) {
    const { size = LARGEST, ...others } = query;
    this.#query = { size, ...others };
    this.#read = read;
  }

  /** Every item, page by page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { data } of this.pages()) yield* data;
  }

  /** This page and all following ones. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.page();
    yield page;
    while (page.next !== null) {
      page = await this.#page({ ...this.#query, before: undefined, after: page.next });
      yield page;
    }
  }

  /** Only this page. */
  page(): Promise<Page<T>> {
    return this.#page(this.#query);
  }

  async #page(query: Query): Promise<Page<T>> {
    const { data, links } = await this.#read(bracketed(query));
    return {
      data: data as readonly T[],
      next: cursorIn(links?.next, 'page[after]'),
      previous: cursorIn(links?.prev, 'page[before]'),
    };
  }
}

const OF_PAGES = ['size', 'after', 'before'];
/** Parameters that are neither paging nor filters. */
const PLAIN = ['asOf', 'sort'];

/** Renames parameters for the query: `size` becomes `page[size]`, and `role` becomes `filter[role]`. */
const bracketed = (query: Query): Query =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      PLAIN.includes(name) ? name : OF_PAGES.includes(name) ? `page[${name}]` : `filter[${name}]`,
      value,
    ]),
  );

/** Only the cursor is taken from a link: the client knows the service's address better, whatever proxy lies between. */
const cursorIn = (link: string | null | undefined, parameter: string): string | null =>
  link == null ? null : new URL(link, 'http://localhost').searchParams.get(parameter);
