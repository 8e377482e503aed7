import { ConnectionLog, type ProvenConnection } from '@connections/connection/connection-log';
import { type NameOf, organizationsIn, sentenceOf } from '@connections/connection/domain/sentences';
import type { Past } from '@connections/connection/past';
import { CompareConnection, CompareConnectionHandler } from '@connections/connection/queries/compare-connection';
import {
  GetConnectionHistory,
  GetConnectionHistoryHandler,
  type HistoryEntry,
  type HistoryFilter,
} from '@connections/connection/queries/get-connection-history';
import { changesBetween, differenceResourceOf, eventResourceOf } from '@connections/connection/resources';
import { Texts } from '@connections/connection/texts';
import { Organizations } from '@connections/directory/organizations';
import type { Json } from '@connections/event-store/event-store';
import type { Stores } from '@connections/host/stores';
import { historyText, NOTHING_HAPPENED } from './connection-texts';
import { EVERYBODY, telling } from './operator-view';
import { type Answer, properties, table } from './terminal';
import { withExistingStores } from './with-stores';

/** How much of a history is read at once. */
const HISTORY_PAGE = 500;

/** What happened to a connection, oldest first, straight from the log. */
export async function connectionHistory(id: string, filter: HistoryFilter): Promise<Answer> {
  return withExistingStores(async (stores) => {
    const entries = await wholeHistory(id, filter, stores);
    const nameOf = await namesIn(entries, stores.database);
    return {
      document: { data: entries.map((entry) => eventResourceOf(id, entry, nameOf)) },
      text: entries.length === 0 ? NOTHING_HAPPENED : sentences(entries, nameOf),
    };
  }).catch(telling);
}

/** What changed between two times, attribute by attribute, and what happened in between. */
export async function compareConnection(id: string, start: Past, end: Past | null): Promise<Answer> {
  return withExistingStores(async ({ database, eventStore }) => {
    const texts = new Texts(database.as());
    const log = new ConnectionLog(eventStore, texts);
    const handler = new CompareConnectionHandler(log, texts, new GetConnectionHistoryHandler(log, texts));
    const comparison = await handler.execute(new CompareConnection(id, EVERYBODY, start, end));
    const { from, to, entries, next } = comparison;
    const nameOf = await namesIn(entries, database);
    const changes = changesBetween(from, to);
    return {
      document: { data: differenceResourceOf(id, comparison, nameOf), meta: { next } },
      text: [
        properties([
          ['From', stateText(from)],
          ['To', stateText(to)],
        ]),
        changes.length === 0
          ? 'Nothing changed.'
          : table(
              ['ATTRIBUTE', 'FROM', 'TO'],
              changes.map((change) => [change.attribute, valueText(change.from), valueText(change.to)]),
            ),
        ...(entries.length === 0 ? [] : [sentences(entries, nameOf)]),
        ...(next === null ? [] : ['More happened: see "connection history".']),
      ].join('\n\n'),
    };
  }).catch(telling);
}

const stateText = (at: ProvenConnection | null): string =>
  at === null ? 'before it was created' : `revision ${at.revision}, of ${at.connection.updatedAt}`;

const valueText = (value: Json): string | null => (Array.isArray(value) ? value.join(', ') : (value as string | null));

const sentences = (entries: readonly HistoryEntry[], nameOf: NameOf): string =>
  historyText(entries.map(({ event, text, revision }) => ({ revision, sentence: sentenceOf(event, text, nameOf) })));

async function namesIn(entries: readonly HistoryEntry[], database: Stores['database']): Promise<NameOf> {
  const names = await new Organizations(database.as()).names(entries.flatMap(({ event }) => organizationsIn(event)));
  return (organizationId) => names.get(organizationId);
}

async function wholeHistory(id: string, filter: HistoryFilter, stores: Stores): Promise<HistoryEntry[]> {
  const texts = new Texts(stores.database.as());
  const handler = new GetConnectionHistoryHandler(new ConnectionLog(stores.eventStore, texts), texts);
  const entries: HistoryEntry[] = [];
  for (let after: number | null = -1; after !== null;) {
    const page = await handler.execute(new GetConnectionHistory(id, EVERYBODY, HISTORY_PAGE, after, filter));
    entries.push(...page.entries);
    after = page.next;
  }
  return entries;
}
