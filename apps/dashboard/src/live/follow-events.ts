import { EventSource } from 'eventsource';
import type { components } from '@connections/client/generated';
import { answered, apiFor, forgetWhatWasSeen } from '../api/api';
import { asWhom } from '../api/as-whom';
import { attendance } from '../api/attendance';
import { Problem } from '../api/problem';
import { isPolling, waitBeforeNext } from './patience';

export type LiveEvent = components['schemas']['ConnectionEvent'];

/** How events arrive: `live` by the stream, `polling` by repeated requests, otherwise not at the moment. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling';

/**
 * The event after which to continue; null until one is known. It is kept outside, so that a later follower continues
 * from there.
 */
export interface Cursor {
  current: string | null;
}

interface Follower {
  /** Called for each event once, in order, whoever caused it. */
  readonly onEvent: (event: LiveEvent) => void;
  /** Events may have been missed, and it is unknown which. */
  readonly onGap: () => void;
  readonly onState: (state: LiveState) => void;
  /** The session has ended. No more calls follow. */
  readonly onEnded: () => void;
  /** The stream was refused: the membership has ended, or something in between does not let it pass. It is retried. */
  readonly onDoubt: () => void;
}

/** How often to ask for events while there is no stream, in milliseconds. */
const POLLING = 4_000;

/** How long a stream may be silent before it counts as dead, in milliseconds: the server sends every 15 seconds. */
const SILENCE = 40_000;

/**
 * Follows the events of all connections of an organization: by a stream that resumes after the last event seen or,
 * while the stream keeps failing, by polling.
 * @returns a function that ends it.
 */
export function followEvents(
  organizationId: string,
  cursor: Cursor,
  { onEvent, onGap, onState, onEnded, onDoubt }: Follower,
): () => void {
  let failures = 0;
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function end(): void {
    ended = true;
    source?.close();
    for (const timer of [retry, silence, poll]) clearTimeout(timer);
  }

  function sessionIsOver(): void {
    end();
    onState('reconnecting');
    onEnded();
  }

  function heard(): void {
    clearTimeout(silence);
    silence = setTimeout(() => failed(), SILENCE);
  }

  function open(): void {
    source = new EventSource('/api/v1/connect/events/stream', {
      fetch: async (url, init) =>
        heardOf(
          await fetch(url, { ...init, headers: { ...init.headers, ...asking(), ...asWhom(), ...attendance() } }),
          heard,
        ),
    });
    source.addEventListener('open', () => {
      failures = 0;
      clearTimeout(poll);
      heard();
      onState('live');
    });
    // Names the start of the stream, before the first event.
    source.addEventListener('start', ({ lastEventId }: MessageEvent<string>) => {
      if (cursor.current === null) onGap();
      cursor.current = lastEventId;
    });
    source.addEventListener('message', ({ data, lastEventId }: MessageEvent<string>) => {
      cursor.current = lastEventId;
      onEvent(JSON.parse(data) as LiveEvent);
    });
    source.addEventListener('error', ({ code }) => {
      if (code === 401) {
        sessionIsOver();
        return;
      }
      if (code === 403 || code === 404) onDoubt();
      if (code === 400) beginAnew();
      failed();
    });
  }

  /**
   * The event to continue after no longer exists: the log was restored from an older copy, which has another event in
   * that place, or none yet. Starts over and reloads everything, without waiting for positions seen before.
   */
  function beginAnew(): void {
    cursor.current = null;
    forgetWhatWasSeen();
  }

  const asking = (): Record<string, string> => ({
    'connect-organization': organizationId,
    'key-inflection': 'camel',
    ...(cursor.current !== null && { 'last-event-id': cursor.current }),
  });

  function failed(): void {
    source?.close();
    clearTimeout(silence);
    if (ended) return;
    failures += 1;
    if (isPolling(failures)) void ask();
    else onState('reconnecting');
    clearTimeout(retry);
    retry = setTimeout(open, waitBeforeNext(failures, Math.random()));
  }

  /** Asks for new events until the stream is back. */
  async function ask(): Promise<void> {
    clearTimeout(poll);
    const problem = await catchUp().then(
      () => null,
      (error: unknown) => error,
    );
    if (ended || !isPolling(failures)) return;
    if (problem instanceof Problem && problem.status === 401) {
      sessionIsOver();
      return;
    }
    if (problem instanceof Problem && ['invalid-cursor', 'not-yet-visible'].includes(problem.code)) beginAnew();
    // What cannot be answered now may be answered the next time.
    onState(problem === null ? 'polling' : 'reconnecting');
    // Another poll may have been scheduled meanwhile.
    clearTimeout(poll);
    poll = setTimeout(() => void ask(), POLLING);
  }

  async function catchUp(): Promise<void> {
    if (cursor.current === null) onGap();
    else if ((await page(cursor.current)) && !ended) await catchUp();
  }

  /** @returns whether there are more events after this page. */
  async function page(after: string): Promise<boolean> {
    const query = { 'page[size]': 100, 'page[after]': after };
    const { data, links, meta } = await answered(
      apiFor(organizationId).GET('/api/v1/connect/events', { params: { query } }),
    );
    if (ended) return false;
    data.forEach(onEvent);
    cursor.current = meta.cursor;
    return links.next !== null;
  }

  onState('connecting');
  open();
  return end;
}

/** The same answer, with a callback for each piece that arrives. */
function heardOf(answer: Response, onPiece: () => void): Response {
  if (answer.body === null) return answer;
  const pieces = new TransformStream<Uint8Array, Uint8Array>({
    transform: (piece, passedOn) => {
      onPiece();
      passedOn.enqueue(piece);
    },
  });
  return new Response(answer.body.pipeThrough(pieces), answer);
}
