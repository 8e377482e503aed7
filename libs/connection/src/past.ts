import type { RecordedEvent } from '@connections/event-store/event-store';

/** A past state to be read from the log: up to and including a moment (ISO-8601 UTC) or a revision. */
export type Past = { readonly asOf: string } | { readonly revision: number };

/** Whether an event had happened by then. */
export const isWithin = (past: Past, event: RecordedEvent): boolean =>
  'asOf' in past ? (event.metadata['occurred-at'] as string) <= past.asOf : event.revision <= past.revision;

/** Whether a connection that is at some revision has been where is asked for. That a moment was before it is no matter. */
export const hasReached = (past: Past, revision: number): boolean => !('revision' in past) || past.revision <= revision;

/** The connection exists, but not at the revision or moment that was asked for. Only parties hear this. */
export class NotThen extends Error {
  constructor(
    readonly past: Past,
    /** Which of several pasts it was, by the name of what asked for it; null where only one is asked for. */
    readonly asked: string | null = null,
  ) {
    super(
      'asOf' in past
        ? `The connection did not exist at ${past.asOf}.`
        : `The connection has no revision ${past.revision} yet.`,
    );
  }
}
