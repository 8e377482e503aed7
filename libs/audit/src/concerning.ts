import { type CompiledQuery, sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { type AccessFilter, accessKinds, type AccessPage } from './access-filter';
import { newestFirst, newestIn, type Place, type Row, type RowQuery, selectRows, type Tables } from './access-rows';

/** How many connections of an organization are read in one turn of the event loop. */
const LISTED = 500;
/** How many records are read in one turn from a walk that filters them. */
const LOOKED_AT = 500;
/** A filter by a credential with at most so many records walks along these, whatever they are about. */
const FEW = 1_000;
/** So does a filter by any credential, if more walks than this would have to be merged instead. */
const MANY_WALKS = 200;
/** How many walks are continued at once. */
const AT_ONCE = 10;

/** In a connection, the column of the organization and that of its partner. */
const ways = [
  ['source_organization_id', 'destination_organization_id'],
  ['destination_organization_id', 'source_organization_id'],
] as const;

/** A read along an index, newest first, a page at a time. */
interface Walk {
  /** The values that all its records have in common. */
  readonly common: Partial<Row>;
  /** ISO-8601 UTC, inclusive: where it ends. */
  readonly from: string | undefined;
  /** Null if all its records are wanted. */
  readonly isWanted: ((row: Row) => boolean) | null;
  /** The last record that was read. */
  readonly after: Place | undefined;
  /** No record to come is newer than this. */
  readonly next: Place;
}

/** Newer than every record. */
const NEWEST: Place = { at: '~', id: '' };

/** An organization that has a connection with this one. */
interface Partner {
  readonly id: string;
  /** When the connection began. */
  readonly since: string;
  /** The newest record about it of each kind. */
  readonly newest: readonly { readonly kind: string; readonly next: Place }[];
}

/**
 * Finds the newest records that concern an organization, by merging walks of which all or most records concern it: the
 * records of other tenants cost nothing. A filter by credential takes the way that has fewer records to read.
 */
export class Concerning {
  readonly #kinds: readonly string[];

  constructor(
    private readonly database: Database<Tables>,
    private readonly organizationId: string,
    private readonly filter: AccessFilter,
    private readonly page: AccessPage,
  ) {
    this.#kinds = filter.kind === undefined ? accessKinds : [filter.kind];
  }

  /** Newest first. */
  async rows(): Promise<Row[]> {
    const { credentialId } = this.filter;
    if (credentialId !== undefined && (await this.#hasFew(credentialId))) {
      return this.#merged([await this.#walkOf(credentialId)]);
    }
    const walks = await this.#walks();
    const isScattered = credentialId !== undefined && walks.length > MANY_WALKS;
    return this.#merged(isScattered ? [await this.#walkOf(credentialId)] : walks);
  }

  async #hasFew(credentialId: string): Promise<boolean> {
    const one = this.database.reader.selectFrom('accesses').select('at').where('credential_id', '=', credentialId);
    return (await this.#run(one.orderBy('at').orderBy('id').limit(1).offset(FEW).compile())).length === 0;
  }

  async #walks(): Promise<Walk[]> {
    const { kind: asked, credentialId } = this.filter;
    const isTheirs = credentialId === undefined ? null : (row: Row) => row.credential_id === credentialId;
    const isOfKind = (row: Row): boolean => this.#kinds.includes(row.kind) && (isTheirs?.(row) ?? true);
    const isWanted = asked === undefined ? isTheirs : isOfKind;
    const walks = [
      this.#walk({ first_organization_id: this.organizationId }, isWanted),
      this.#walk({ second_organization_id: this.organizationId }, isWanted),
      ...this.#kinds.map((kind) => this.#walk({ subject_type: 'everything', subject_id: null, kind }, isTheirs)),
    ];
    for await (const partners of this.#partners(this.#kinds)) {
      for (const { id, since, newest } of partners) {
        const from = later(since, this.filter.from);
        for (const { kind, next } of newest) {
          const common = { subject_type: 'organization', subject_id: id, kind };
          if (next.at >= from) walks.push({ ...this.#walk(common, isTheirs), from, next });
        }
      }
    }
    return walks;
  }

  async #walkOf(credentialId: string): Promise<Walk> {
    const partnersSince = new Map<string | null, string>();
    for await (const partners of this.#partners([])) {
      for (const { id, since } of partners) {
        const known = partnersSince.get(id);
        if (known === undefined || since < known) partnersSince.set(id, since);
      }
    }
    return this.#walk({ credential_id: credentialId }, (row) => {
      if (!this.#kinds.includes(row.kind)) return false;
      if (row.subject_type === 'everything') return true;
      if ([row.first_organization_id, row.second_organization_id].includes(this.organizationId)) return true;
      const since = row.subject_type === 'organization' ? partnersSince.get(row.subject_id) : undefined;
      return since !== undefined && row.at >= since;
    });
  }

  #walk(common: Walk['common'], isWanted: Walk['isWanted']): Walk {
    return { common, isWanted, from: this.filter.from, after: this.page.after, next: NEWEST };
  }

  /** The newest records of several walks. Each is continued while it may still have one that belongs on the page. */
  async #merged(walks: readonly Walk[]): Promise<Row[]> {
    const { size } = this.page;
    let open = walks;
    let found: Row[] = [];
    for (;;) {
      const last = found[size - 1];
      open = open
        .filter(({ next }) => last === undefined || newestFirst(next, last) < 0)
        .sort((one, other) => newestFirst(one.next, other.next));
      if (open.length === 0) return found;
      const gone = await Promise.all(open.slice(0, AT_ONCE).map((walk) => this.#goOn(walk)));
      const byId = new Map([...found, ...gone.flatMap(({ rows }) => rows)].map((row) => [row.id, row]));
      found = [...byId.values()].sort(newestFirst).slice(0, size);
      open = [...gone.flatMap(({ rest }) => rest), ...open.slice(AT_ONCE)];
    }
  }

  /** @returns the next records of the walk, and the rest of it, if any. */
  async #goOn(walk: Walk): Promise<{ readonly rows: readonly Row[]; readonly rest: readonly Walk[] }> {
    const { common, from, after, isWanted } = walk;
    const size = isWanted === null ? this.page.size : LOOKED_AT;
    const stretch = { from, to: this.filter.to, after, size };
    const rows = await this.#run(newestIn(having(selectRows(this.database), common), stretch).compile());
    const last = rows.at(-1);
    const isOver = last === undefined || rows.length < size;
    return {
      rows: isWanted === null ? rows : rows.filter(isWanted),
      rest: isOver ? [] : [{ ...walk, after: last, next: last }],
    };
  }

  /** The organization's partners, a page at a time; one with several connections comes several times. */
  async *#partners(kinds: readonly string[]): AsyncGenerator<readonly Partner[]> {
    for (const [own, theirs] of ways) {
      for (let position = ''; ;) {
        const rows = await this.#run(
          this.database.reader
            .selectFrom('connections')
            .select([`${theirs} as id`, 'created_at as since', 'created_position as position'])
            .select((connections) =>
              kinds.map((kind) => {
                const theirRecords = connections
                  .selectFrom('accesses')
                  .select(sql<string>`accesses.at || ' ' || accesses.id`.as('place'))
                  .where('accesses.subject_type', '=', 'organization')
                  .whereRef('accesses.subject_id', '=', `connections.${theirs}`)
                  .where('accesses.kind', '=', kind);
                // No lower bound: a newest record that is older than the connection is dropped later.
                const { to } = this.filter;
                return newestIn(theirRecords as unknown as RowQuery<{ place: string }>, {
                  to,
                  after: this.page.after,
                  size: 1,
                }).as(kind);
              }),
            )
            .where(own, '=', this.organizationId)
            .where('created_position', '>', position)
            .orderBy('created_position')
            .limit(LISTED)
            .compile(),
        );
        yield rows.map(({ id, since, ...places }) => ({
          id,
          since,
          newest: kinds.flatMap((kind) => newestOf(kind, places)),
        }));
        const last = rows.at(-1);
        if (last === undefined || rows.length < LISTED) break;
        position = last.position;
      }
    }
  }

  /** Runs the query in its own turn of the event loop. */
  #run<R>(query: CompiledQuery<R>): Promise<R[]> {
    return this.database.prepare(query)(query.parameters);
  }
}

function having(query: RowQuery, common: Walk['common']): RowQuery {
  let rows = query;
  for (const [column, value] of Object.entries(common)) {
    const named = `accesses.${column}` as 'accesses.subject_id';
    // PostgreSQL does not take a null for a constant, and would sort without this.
    rows =
      value === null ? rows.where(named, 'is', null).orderBy(named, 'desc') : rows.where(named, '=', value as string);
  }
  return rows;
}

/** @param places of each kind `<at> <id>`, or null for none. */
function newestOf(kind: string, places: Readonly<Record<string, string | null>>): { kind: string; next: Place }[] {
  const [at, id] = places[kind]?.split(' ') ?? [];
  return at === undefined || id === undefined ? [] : [{ kind, next: { at, id } }];
}

const later = (one: string, other: string | undefined): string => (other !== undefined && other > one ? other : one);
