import type { RecordedEvent } from '@connections/event-store/event-store';

/** A past state to read from the log: up to and including a moment (ISO-8601 UTC) or a revision. */
export type Past = { readonly asOf: string } | { readonly revision: number };

/** Whether an event belongs to that past state. */
export const isWithin = (past: Past, event: RecordedEvent): boolean =>
  'asOf' in past ? (event.metadata['occurred-at'] as string) <= past.asOf : event.revision <= past.revision;

/** Whether a connection at this revision has reached that past; true for any moment, even before its creation. */
export const hasReached = (past: Past, revision: number): boolean => !('revision' in past) || past.revision <= revision;

/** The connection exists, but did not at the moment asked for, or has no such revision. Only parties are told this. */
export class NotThen extends Error {
  constructor(
    readonly past: Past,
    /** The name of the parameter that asked for it, if there are several; otherwise null. */
    readonly asked: string | null = null,
  ) {
    super(
      'asOf' in past
        ? `The connection did not exist at ${past.asOf}.`
        : `The connection has no revision ${past.revision} yet.`,
    );
  }
}
