import { randomBytes } from 'node:crypto';
import type { Database } from '@connections/database/database';
import type { AccessFilter, AccessKind, AccessPage } from './access-filter';
import { newestIn, type Row, selectRows, type Tables } from './access-rows';
import type { AccessTables } from './accesses.tables';
import { Concerning } from './concerning';

/** Who made the access. */
export interface Reader {
  /** Null for the operator at the command line. */
  readonly credentialId: string | null;
  /** Null for the platform and the operator. */
  readonly organizationId: string | null;
  /** The role of the credential, or `operator`. */
  readonly role: string;
}

/** The operator at the command line, who reads the stores directly and has no credential. */
export const OPERATOR: Reader = { credentialId: null, organizationId: null, role: 'operator' };

/** What was accessed. */
export type Subject =
  | { readonly type: 'connection'; readonly id: string; readonly parties: readonly [string, string] }
  | { readonly type: 'organization'; readonly id: string }
  | { readonly type: 'everything' };

export interface NewAccess {
  readonly kind: AccessKind;
  readonly reader: Reader;
  readonly subject: Subject;
  /** Null at the command line. */
  readonly requestId: string | null;
  /** Method, path and query, or the command. In full, so that a caller cannot push a part of it beyond a limit. */
  readonly request: string;
}

/** An access that is complete when it is recorded. */
export interface GivenAccess extends NewAccess {
  /** See `Access`. */
  readonly items: number | null;
}

/** One recorded access. Times are ISO-8601 UTC. */
export interface Access {
  readonly id: string;
  readonly at: string;
  readonly kind: AccessKind;
  readonly reader: Reader;
  readonly subject: { readonly type: Subject['type']; readonly id: string | null };
  readonly requestId: string | null;
  readonly request: string;
  /** `begun`: an export or a live stream that is under way, or whose process died. */
  readonly outcome: 'given' | 'begun' | 'completed' | 'broken-off';
  /** How many events, or other items of a list, were given. */
  readonly items: number | null;
  /** Null for an access that was complete at once, and for one that has not ended. */
  readonly endedAt: string | null;
}

/** Records of who accessed the history. They are added, never changed or removed, and kept for ever. */
export class Accesses {
  constructor(private readonly database: Database<Tables>) {}

  /** Records what is about to be given, in one transaction; durable when this settles. */
  record(given: readonly GivenAccess[]): Promise<void> {
    return this.#add(given.map((access) => rowOf(access, 'given', access.items)));
  }

  /** Records that a long access is about to begin. @returns its id, for `end`. */
  async begin(access: NewAccess): Promise<string> {
    const row = rowOf(access, 'begun', null);
    await this.#add([row]);
    return row.id;
  }

  /** Records how a long access ended. */
  async end(id: string, outcome: 'completed' | 'broken-off', items: number | null): Promise<void> {
    const row = { id, at: new Date().toISOString(), outcome, items };
    await this.database.transaction('durable', (tx) => tx.insertInto('access_ends').values(row).execute());
  }

  async find(id: string): Promise<Access | null> {
    const row = await selectRows(this.database).where('accesses.id', '=', id).executeTakeFirst();
    return row === undefined ? null : accessOf(row);
  }

  /** All accesses, newest first. */
  async list({ kind, credentialId, from, to }: AccessFilter, { size, after }: AccessPage): Promise<Access[]> {
    let rows = selectRows(this.database);
    if (kind !== undefined) rows = rows.where('accesses.kind', '=', kind);
    if (credentialId !== undefined) rows = rows.where('accesses.credential_id', '=', credentialId);
    return (await newestIn(rows, { from, to, after, size }).execute()).map(accessOf);
  }

  /**
   * The accesses that concern one organization, newest first: to its connections, to itself, to a partner if the answer
   * included a connection between the two, and to everything.
   */
  async concerning(organizationId: string, filter: AccessFilter, page: AccessPage): Promise<Access[]> {
    const rows = await new Concerning(this.database, organizationId, filter, page).rows();
    return rows.map((row) => toldTo(organizationId, accessOf(row)));
  }

  async #add(rows: readonly NewRow[]): Promise<void> {
    await this.database.transaction('durable', (tx) => tx.insertInto('accesses').values(rows).execute());
  }
}

type NewRow = AccessTables['accesses'];

/** An organization is told neither what a partner searched for among all its connections, nor how many items that gave. */
function toldTo(organizationId: string, access: Access): Access {
  const { reader, subject, request } = access;
  const isOwn = reader.organizationId === organizationId || subject.id === organizationId;
  if (isOwn || subject.type === 'connection') return access;
  const items = subject.type === 'organization' ? null : access.items;
  return { ...access, request: request.replace(/\?.*$/s, ''), items };
}

function rowOf(
  { kind, reader, subject, requestId, request }: NewAccess,
  outcome: 'given' | 'begun',
  items: number | null,
): NewRow {
  const [first = null, second = null] =
    subject.type === 'connection' ? subject.parties : subject.type === 'organization' ? [subject.id] : [];
  return {
    id: `acs_${randomBytes(16).toString('hex')}`,
    at: new Date().toISOString(),
    kind,
    credential_id: reader.credentialId,
    organization_id: reader.organizationId,
    role: reader.role,
    subject_type: subject.type,
    subject_id: 'id' in subject ? subject.id : null,
    first_organization_id: first,
    second_organization_id: second,
    request_id: requestId,
    request: request.toWellFormed(),
    outcome,
    items,
  };
}

const accessOf = (row: Row): Access => ({
  id: row.id,
  at: row.at,
  kind: row.kind as AccessKind,
  reader: { credentialId: row.credential_id, organizationId: row.organization_id, role: row.role },
  subject: { type: row.subject_type as Subject['type'], id: row.subject_id },
  requestId: row.request_id,
  request: row.request,
  outcome: (row.ended_as ?? row.outcome) as Access['outcome'],
  items: row.ended_as === null ? row.items : row.ended_items,
  endedAt: row.ended_at,
});
