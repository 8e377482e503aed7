import type { AccessKind } from '@connections/audit/access-filter';
import { accessResourceOf } from '@connections/audit/access-resource';
import { type Access, Accesses } from '@connections/audit/accesses';
import { Failed } from './failed';
import { pageAnswer, type PageOptions } from './pages';
import { counted } from './progress';
import { type Answer, table } from './terminal';
import { withExistingStores } from './with-stores';

export interface AccessListOptions extends PageOptions {
  readonly kind?: AccessKind;
  readonly credential?: string;
  /** ISO-8601 UTC, inclusive. */
  readonly from?: string;
  readonly to?: string;
}

/** Who accessed the history, newest first. */
export async function listAccesses({ kind, credential, from, to, ...page }: AccessListOptions): Promise<Answer> {
  const found = await withExistingStores(async ({ database }) => {
    const accesses = new Accesses(database.as());
    const after = page.after === undefined ? undefined : await existing(accesses, page.after);
    return accesses.list({ kind, credentialId: credential, from, to }, { size: page.limit + 1, after });
  });
  return pageAnswer(found, page, {
    resource: accessResourceOf,
    table: (shown) =>
      table(
        ['WHEN', 'WHO', 'ORGANIZATION', 'ROLE', 'KIND', 'OF', 'OUTCOME', 'ITEMS', 'REQUEST'],
        shown.map(({ at, reader, kind: what, subject, outcome, items, request }) => [
          at,
          reader.credentialId,
          reader.organizationId,
          reader.role,
          what,
          subject.id ?? subject.type,
          outcome,
          items === null ? null : counted(items),
          request,
        ]),
      ),
    none: page.after === undefined ? 'There are no such accesses.' : 'There are no more accesses.',
  });
}

async function existing(accesses: Accesses, id: string): Promise<Access> {
  const found = await accesses.find(id);
  if (found !== null) return found;
  throw new Failed('not-found', `There is no record of access ${id}. See "audit accesses".`);
}
