import { HttpConnection, type HttpAnswer } from './http-connection.mts';
import { checkRequest, createRequest, getRequest, LIST, listRequest, stepRequest } from './requests.mts';

/** An organization that can be loaded: its id and a key of its own. */
export interface Party {
  readonly id: string;
  readonly key: string;
}

/** A connection whose both parties have keys. */
export interface Pair {
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly sourceId: string;
  readonly destinationId: string;
}

/** A pair that is asked about, and the key that asks. */
export interface Checked {
  readonly key: string;
  readonly sourceId: string;
  readonly destinationId: string;
}

/** What one connection of the load generator sends, one request after the other. */
export type Work =
  | {
      readonly kind: 'create';
      readonly parties: readonly Party[];
      readonly destinations: readonly string[];
      readonly from: number;
    }
  | { readonly kind: 'step'; readonly pairs: readonly Pair[] }
  | { readonly kind: 'get'; readonly reads: readonly (readonly [key: string, id: string])[]; readonly anew?: boolean }
  | { readonly kind: 'list'; readonly keys: readonly string[]; readonly anew?: boolean }
  /** So many share checks a call. */
  | { readonly kind: 'check'; readonly checked: readonly Checked[]; readonly size: number }
  | { readonly kind: 'page'; readonly keys: readonly string[] };

export interface Job {
  readonly port: number;
  /** Names what is loaded: the place in their cycle where steps stand is kept for each target. */
  readonly target: string;
  readonly connections: number;
  /** How long new requests are sent, in seconds. */
  readonly seconds: number;
  /** Each POST carries a key of its own. */
  readonly idempotent: boolean;
  /**
   * How long after one request each connection sends the next, in milliseconds: what users do who do not wait for one
   * another. As soon as it is answered, when left out.
   */
  readonly every?: number;
  readonly work: Work;
}

export interface Measured {
  readonly requests: number;
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The part of the time in which the load generator itself was not waiting, 0 to 1. */
  readonly busy: number;
}

const CYCLE = ['activate', 'deactivate', 'reactivate'] as const;
const places = new Map<string, Uint8Array>();
let idempotencyKeys = 0;

/** The next request of one connection, given the answer to the one before. */
type Next = (before: HttpAnswer | null) => string;

/** The same text for whoever decodes it, spelled in as many ways as there are characters in it and more. */
const spelled = (text: string, way: number): string =>
  [...text].map((character, at) => ((way >> at) & 1 ? `%${character.charCodeAt(0).toString(16)}` : character)).join('');

function sourceOf({ work, idempotent, target, connections }: Job): (connection: number) => Next {
  const nextKey = (): string | null =>
    idempotent ? `bench-${process.pid}-${Date.now()}-${(idempotencyKeys += 1)}` : null;
  switch (work.kind) {
    case 'create': {
      let next = work.from;
      const { parties, destinations } = work;
      return () => () => {
        const party = parties[next % parties.length] as Party;
        const destination = destinations[Math.floor(next / parties.length)];
        if (destination === undefined) throw new Error('There are no more pairs; give more organizations.');
        next += 1;
        return createRequest(party.key, destination, nextKey());
      };
    }
    case 'step': {
      const { pairs } = work;
      const place = places.get(target) ?? new Uint8Array(pairs.length);
      places.set(target, place);
      return (connection) => {
        let next = connection;
        return () => {
          const at = next;
          next = next + connections < pairs.length ? next + connections : connection;
          const pair = pairs[at] as Pair;
          const step = CYCLE[place[at] as number] as (typeof CYCLE)[number];
          place[at] = ((place[at] as number) + 1) % CYCLE.length;
          return stepRequest(step === 'activate' ? pair.destination : pair.source, pair.id, step, nextKey());
        };
      };
    }
    case 'get': {
      let next = 0;
      return () => () => {
        const [key, id] = work.reads[next % work.reads.length] as readonly [string, string];
        const way = work.anew ? Math.floor(next / work.reads.length) : 0;
        next += 1;
        return getRequest(key, spelled(id, way));
      };
    }
    case 'list': {
      let next = 0;
      return () => () => {
        const key = work.keys[next % work.keys.length] as string;
        const way = Math.floor(next / work.keys.length);
        next += 1;
        return work.anew
          ? listRequest(key, `${LIST}?${spelled('page[size]', way)}=${spelled('10', way >> 10)}`)
          : listRequest(key);
      };
    }
    case 'check': {
      // Building a hundred questions each time would be what is measured.
      const { checked, size } = work;
      const byKey = Map.groupBy(checked, ({ key }) => key);
      const requests = checked.map(({ key }, nth) => {
        const own = byKey.get(key) ?? [];
        const questions = Array.from({ length: size }, (_, question) => own[(nth + question) % own.length] as Checked);
        return checkRequest(key, questions);
      });
      let next = 0;
      return () => () => requests[next++ % requests.length] as string;
    }
    case 'page':
      return (connection) => {
        const key = work.keys[connection % work.keys.length] as string;
        return (before) => {
          if (before === null) return listRequest(key);
          const { links } = JSON.parse(before.body()) as { links: { next: string | null } };
          return listRequest(key, links.next ?? undefined);
        };
      };
  }
}

/** A connection that has sent its first request. */
interface Opened {
  readonly client: HttpConnection;
  readonly next: Next;
  readonly first: HttpAnswer;
}

const refusalIn = ({ head, body }: HttpAnswer): Error => new Error(`${head}\n\n${body()}`);

async function run(job: Job): Promise<Measured> {
  const source = sourceOf(job);
  const latencies: number[] = [];
  const clients = Array.from({ length: job.connections }, () => new HttpConnection(job.port));
  /** Each sends one request that is not measured: to accept a connection costs more than to answer over it. */
  const open = async (client: HttpConnection, index: number): Promise<Opened> => {
    const next = source(index);
    const first = await new Promise<HttpAnswer>((resolve, reject) => client.send(next(null), resolve, reject));
    if (first.status >= 300) throw refusalIn(first);
    return { client, next, first };
  };
  try {
    const opened = await Promise.all(clients.map(open));
    const busyBefore = performance.eventLoopUtilization();
    const started = performance.now();
    const until = started + job.seconds * 1_000;
    const worker = ({ client, next, first }: Opened, index: number): Promise<void> =>
      new Promise((resolve, reject) => {
        // Spread evenly, so that they do not all come at once.
        let due = started + (job.every === undefined ? 0 : (job.every * index) / job.connections);
        const send = (before: HttpAnswer, isLate = false): void => {
          // What waited for the answer to another has waited for the server; what a timer was late with has not.
          const at = isLate ? due : performance.now();
          if (performance.now() >= until) {
            resolve();
            return;
          }
          client.send(
            next(before),
            (answer) => {
              latencies.push(performance.now() - at);
              if (answer.status >= 300) reject(refusalIn(answer));
              else goOn(answer, due + (job.every ?? 0));
            },
            reject,
          );
        };
        const goOn = (answer: HttpAnswer, nextDue: number): void => {
          if (job.every === undefined) {
            send(answer);
            return;
          }
          due = nextDue;
          const wait = due - performance.now();
          if (wait > 0) setTimeout(send, wait, answer);
          else send(answer, true);
        };
        goOn(first, due);
      });
    await Promise.all(opened.map(worker));
    const seconds = (performance.now() - started) / 1_000;
    const busy = performance.eventLoopUtilization(busyBefore).utilization;
    const sorted = Float64Array.from(latencies).sort();
    const quantile = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
    return { requests: sorted.length, rate: sorted.length / seconds, p50: quantile(0.5), p99: quantile(0.99), busy };
  } finally {
    for (const client of clients) client.close();
  }
}

process.on('message', (job: Job) => {
  run(job).then(
    (measured) => process.send?.({ measured }),
    (error: unknown) =>
      process.send?.({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
