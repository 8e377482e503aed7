import { ruleOf, type Status, type Step, steps } from '@connections/connection/domain/lifecycle';
import type { EventType, HistoryEvent } from '../event-types';

/** A transition from one status to another, and the revisions at which it was taken. */
export interface Way {
  readonly step: Step;
  /** Null if there was no connection yet. */
  readonly from: Status | null;
  readonly to: Status;
}

const stepOf = (event: EventType): Step | undefined => steps.find((step) => ruleOf(step).event === event);

/** All transitions of the lifecycle, in the order of the handshake. */
export const ways: readonly Way[] = steps.flatMap((step) => {
  const { from, to } = ruleOf(step);
  return from.map((status) => ({ step, from: status, to }));
});

export const isWay = (way: Way, other: Way): boolean => way.step === other.step && way.from === other.from;

/** A step that was taken. */
export interface Walked extends Way {
  readonly revision: number;
}

/** The steps among these events, in order; an event that changes no status is no step. */
export const walkedIn = (events: readonly Pick<HistoryEvent, 'event' | 'fromStatus' | 'revision'>[]): Walked[] =>
  events.flatMap(({ event, fromStatus, revision }) => {
    const step = stepOf(event);
    return step === undefined ? [] : [{ step, from: fromStatus, to: ruleOf(step).to, revision }];
  });

/** How many characters the numbers on an arrow may take. */
const ROOM = 11;

/** The last revisions at which a transition was taken, as many as fit; always at least the very last. */
export function numbersIn(revisions: readonly number[]): string {
  for (let from = 0; from < revisions.length; from += 1) {
    const text = `${from === 0 ? '' : '… '}${revisions.slice(from).join(', ')}`;
    if (text.length <= ROOM || from === revisions.length - 1) return text;
  }
  return '';
}
