import { type EventType, eventTypes } from './event-types';

/** A past time of a connection: a revision, or a moment (ISO-8601 UTC). */
export type Past = { readonly revision: number } | { readonly asOf: string };

/** The views of the page, of which one is shown at a time. */
export const views = ['history', 'compare', 'proof'] as const;
export type View = (typeof views)[number];

export type Order = 'newest' | 'oldest';

/** The conditions for events to be shown; all of them have to hold. */
export interface EventFilter {
  /** Empty for all types. */
  readonly types: readonly EventType[];
  /** The id of the actor, or of the organization that it acted for. */
  readonly actor: string | null;
  /** ISO-8601 UTC, inclusive. */
  readonly start: string | null;
  readonly end: string | null;
}

/** What the page shows of its connection, all of it in the address, so that it survives a reload and can be shared. */
export interface PageAddress extends EventFilter {
  readonly view: View;
  /** The past time at which the connection is shown; null for now. */
  readonly past: Past | null;
  readonly order: Order;
  /** The two times that are compared; null for the default. */
  readonly from: Past | null;
  readonly to: Past | null;
}

export const noFilter: EventFilter = { types: [], actor: null, start: null, end: null };

/** Parses an address; invalid parameters are ignored. */
export function readAddress(parameters: URLSearchParams): PageAddress {
  const revision = revisionIn(parameters.get('revision'));
  const asOf = momentIn(parameters.get('as-of'));
  const types = parameters.get('event')?.split(',') ?? [];
  return {
    view: views.find((view) => view === parameters.get('view')) ?? 'history',
    past: revision !== null ? { revision } : asOf !== null ? { asOf } : null,
    order: parameters.get('order') === 'oldest' ? 'oldest' : 'newest',
    types: eventTypes.filter((type) => types.includes(type)),
    actor: actorIn(parameters.get('actor')),
    start: momentIn(parameters.get('start')),
    end: momentIn(parameters.get('end')),
    from: pastIn(parameters.get('from')),
    to: pastIn(parameters.get('to')),
  };
}

/** The address of a state; defaults are left out. */
export function writeAddress({ past, ...address }: PageAddress): URLSearchParams {
  const said = {
    view: address.view === 'history' ? null : address.view,
    revision: past !== null && 'revision' in past ? String(past.revision) : null,
    'as-of': past !== null && 'asOf' in past ? past.asOf : null,
    order: address.order === 'newest' ? null : address.order,
    event: address.types.length === 0 ? null : address.types.join(','),
    actor: address.actor,
    start: address.start,
    end: address.end,
    from: address.from && pastText(address.from),
    to: address.to && pastText(address.to),
  };
  return new URLSearchParams(Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Whether events can be filtered by this actor. The operator's command line, for one, has no such id. */
export const isActorId = (id: string): boolean => /^[a-z]{1,16}_[0-9A-Za-z]{1,64}$/.test(id);

const actorIn = (text: string | null): string | null => (text !== null && isActorId(text) ? text : null);

/** A past time in the API's form. */
export const pastText = (past: Past): string => ('revision' in past ? String(past.revision) : past.asOf);

function pastIn(text: string | null): Past | null {
  const revision = revisionIn(text);
  if (revision !== null) return { revision };
  const asOf = momentIn(text);
  return asOf === null ? null : { asOf };
}

const revisionIn = (text: string | null): number | null =>
  text !== null && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null;

function momentIn(text: string | null): string | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  const moment = new Date(time).toISOString();
  // In UTC it may be in a year without four digits, which no other code accepts.
  return /^\d{4}-/.test(moment) ? moment : null;
}
