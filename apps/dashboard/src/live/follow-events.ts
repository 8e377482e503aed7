import { EventSource } from 'eventsource';
import type { components } from '@connections/client/generated';
import { answered, apiFor, forgetWhatWasSeen } from '../api/api';
import { asWhom } from '../api/as-whom';
import { attendance } from '../api/attendance';
import { Problem } from '../api/problem';
import { isPolling, waitBeforeNext } from './patience';

export type LiveEvent = components['schemas']['ConnectionEvent'];

/** How events come in: as they happen, not at the moment, or by asking for them again and again. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling';

/** Behind which event it goes on; null while nothing is known of any. Whoever follows again goes on from there. */
export interface Cursor {
  current: string | null;
}

interface Follower {
  /** An event, each once and in order, of whomever. */
  readonly onEvent: (event: LiveEvent) => void;
  /** Events may have been missed, and nobody knows which. */
  readonly onGap: () => void;
  readonly onState: (state: LiveState) => void;
  /** The session has ended. Nothing comes after it. */
  readonly onEnded: () => void;
  /** The stream was refused: the membership has ended, or something on the way does not let it pass. It is tried again. */
  readonly onDoubt: () => void;
}

/** How often events are asked for while there is no stream, in milliseconds. */
const POLLING = 4_000;

/** A stream that has been silent for so long is dead: the server says something every 15 seconds. In milliseconds. */
const SILENCE = 40_000;

/**
 * Follows the events of all connections of an organization: by the stream, resumed after the last event that was seen, or,
 * while the stream keeps failing, by asking.
 * @returns what ends it.
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
    // Says where the stream begins, before the first event.
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
   * The event to go on behind is there no more: the log was restored from an older copy, which has something else in that
   * place, or nothing yet. It begins now, and all is read anew, for which nothing that was seen is waited for.
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

  /** Asks for what has happened since, until the stream is back. */
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
    // What cannot be answered now may be the next time.
    onState(problem === null ? 'polling' : 'reconnecting');
    // Another may have been asked for meanwhile.
    clearTimeout(poll);
    poll = setTimeout(() => void ask(), POLLING);
  }

  async function catchUp(): Promise<void> {
    if (cursor.current === null) onGap();
    else if ((await page(cursor.current)) && !ended) await catchUp();
  }

  /** @returns whether there is more behind it. */
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

/** The same answer, of which somebody hears with each piece that arrives. */
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
