import { setTimeout as delay } from 'node:timers/promises';
import { connectionIdOf } from '@connections/connection/connection-id';
import type { Cluster } from './cluster';
import { chance } from './chance';
import { type Answer, Client, newPair, type Pair } from './client';
import type { Operation, Outcome, Register } from './linearizability';
import { until } from './until';

/** A command as its client knows it, however often it was sent. */
export interface Attempt {
  /** A unique name, sent as Request-Id, so that the event of the command has it as its correlation id. */
  readonly name: string;
  readonly connection: string;
  readonly event: string;
  readonly key: string;
  readonly path: string;
  readonly attributes: object;
  /** Null for a command that its client does not repeat. */
  readonly idempotencyKey: string | null;
  /** The last answer; null if there was none. */
  answer: Answer | null;
  outcome: Outcome;
}

/** A read that named the position of an answered command, and what it showed. */
export interface Read {
  readonly connection: string;
  /** The revision after that command. */
  readonly atLeast: number;
  readonly seen: Register;
}

export interface LoadOptions {
  readonly clients: number;
  readonly connections: number;
  readonly seed: number;
  /** How long a client waits for an answer before it asks elsewhere, in milliseconds. Default: 20,000. */
  readonly patience?: number;
}

const PATIENCE = 20_000;
/** The longest pause of a client after an answer, and before a retry, in milliseconds. */
const THINKS = 20;
const RETRIES_AFTER = 300;
/** How long clients may take to get a definite answer after everything works again, in milliseconds. */
const STOP_PATIENCE = 60_000;
/** How long a service may take to answer more commands, in milliseconds. */
const GOING_ON_PATIENCE = 90_000;

const EVENTS: Readonly<Record<string, string>> = {
  create: 'ConnectionCreated',
  activate: 'ConnectionActivated',
  deactivate: 'ConnectionDeactivated',
  reactivate: 'ConnectionReturnedToPending',
};
const VERBS = Object.keys(EVENTS);

interface Target extends Pair {
  readonly id: string;
}

/**
 * Clients that take legal and illegal steps on a few connections, sending each request to any of the instances. Most of
 * them repeat a command under its idempotency key until they know its outcome; some never repeat.
 */
export class Load {
  readonly attempts: Attempt[] = [];
  readonly reads: Read[] = [];
  /** Every answer that no client should ever get. */
  readonly unexpected: string[] = [];
  /** How often a client was told that the service is unavailable, by the URL of the instance. */
  readonly refusals = new Map<string, number>();
  readonly #histories = new Map<string, Operation[]>();
  readonly #latest = new Map<string, { readonly revision: number; readonly position: string }>();
  readonly #random: (below: number) => number;
  #ticks = 0;
  #tried = 0;
  #isStopping = false;
  #isGivenUp = false;
  #clients: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly cluster: Cluster,
    private readonly targets: readonly Target[],
    private readonly options: LoadOptions,
  ) {
    this.#random = chance(options.seed);
  }

  /** Starts the clients at once. */
  static async on(cluster: Cluster, options: LoadOptions): Promise<Load> {
    const pairs = await Promise.all(Array.from({ length: options.connections }, () => newPair(cluster.platform())));
    const targets = pairs.map((pair) => ({ ...pair, id: connectionIdOf(pair.source.id, pair.destination.id) }));
    const load = new Load(cluster, targets, options);
    load.#clients = Promise.all(Array.from({ length: options.clients }, () => load.#client()));
    return load;
  }

  /** The operations on each connection, as the clients know them. */
  get histories(): ReadonlyMap<string, readonly Operation[]> {
    return this.#histories;
  }

  /** The number of commands that were answered with success. */
  get taken(): number {
    return this.attempts.filter(({ outcome }) => outcome.kind === 'taken').length;
  }

  /** Whether a command with this name is one of this load. */
  isOwn(name: unknown): boolean {
    return String(name).startsWith(this.#prefix);
  }

  /** Waits until this many more requests have ended, in whatever way. */
  async tries(requests: number): Promise<void> {
    const before = this.#tried;
    await until(`${requests} more requests end`, () => this.#tried >= before + requests, GOING_ON_PATIENCE);
  }

  /** Waits until this many more commands were answered with success. */
  async goesOn(commands: number): Promise<void> {
    const before = this.taken;
    await until(`${commands} more commands are answered`, () => this.taken >= before + commands, GOING_ON_PATIENCE);
  }

  /** Begins no further steps, and waits until all clients know the outcomes that they need. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const patience = new AbortController();
    const late = delay(STOP_PATIENCE, undefined, { signal: patience.signal }).then(() => {
      const waiting = this.attempts.filter(
        ({ outcome, idempotencyKey }) => idempotencyKey && outcome.kind === 'unknown',
      );
      throw new Error(`${waiting.length} commands are never answered; one heard ${waiting[0]?.answer?.text}.`);
    });
    await Promise.race([this.#clients, late]);
    late.catch(() => undefined);
    patience.abort();
  }

  /** Makes the clients give up at once. */
  async end(): Promise<void> {
    this.#isStopping = true;
    this.#isGivenUp = true;
    await this.#clients;
  }

  /** Sends a command again, unchanged. @returns null if there is no answer. */
  send(attempt: Attempt, url: string): Promise<Answer | null> {
    const { key, path, attributes, name, idempotencyKey } = attempt;
    const headers = { 'request-id': name, ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }) };
    return this.#patiently(new Client(url, key).post(path, { headers, body: { data: { attributes } } }));
  }

  async #client(): Promise<void> {
    while (!this.#isStopping) {
      const target = this.targets[this.#random(this.targets.length)]!;
      const kind = this.#random(10);
      if (kind < 2) await this.#look(target);
      else if (kind < 4) await this.#dryRun(target);
      else await this.#command(target);
      await delay(this.#random(THINKS));
    }
  }

  async #command(target: Target): Promise<void> {
    const attempt = this.#attempt(target);
    this.attempts.push(attempt);
    const invoked = this.#tick();
    do {
      const url = this.#anyUrl();
      attempt.answer = await this.send(attempt, url);
      attempt.outcome = this.#outcomeOf(attempt.answer, url);
      if (attempt.outcome.kind !== 'unknown' || attempt.idempotencyKey === null) break;
      await delay(this.#random(RETRIES_AFTER));
    } while (!this.#isGivenUp);
    const { name, event, outcome, connection } = attempt;
    this.#note(connection, { name, event, outcome, invoked });
    const position = attempt.answer?.headers.get('connect-position') ?? null;
    if (outcome.kind !== 'taken' || position === null) return;
    const known = this.#latest.get(connection);
    if (known && known.revision > outcome.left.revision) return;
    this.#latest.set(connection, { revision: outcome.left.revision, position });
  }

  #attempt({ id, source, destination }: Target): Attempt {
    const verb = VERBS[this.#random(VERBS.length)]!;
    const by = verb === 'activate' || (verb === 'deactivate' && this.#random(2) === 0) ? destination : source;
    const name = `${this.#prefix}${this.attempts.length}`;
    const reason = `Reason of ${name}`;
    return {
      name,
      connection: id,
      event: EVENTS[verb]!,
      key: by.key,
      path: verb === 'create' ? '/connect/connections' : `/connect/connections/${id}/${verb}`,
      attributes:
        verb === 'create' ? { 'destination-organization-id': destination.id } : verb === 'activate' ? {} : { reason },
      idempotencyKey: this.#random(5) > 0 ? `key of ${name}` : null,
      answer: null,
      outcome: { kind: 'unknown' },
    };
  }

  #outcomeOf(answer: Answer | null, url: string): Outcome {
    switch (answer?.status) {
      case 200:
      case 201:
        return { kind: 'taken', left: registerIn(answer) };
      case 409:
        if (answer.body.errors[0].code === 'request-in-flight') return { kind: 'unknown' };
        return { kind: 'refused', status: answer.body.errors[0].meta.status as string };
      case 404:
        return { kind: 'refused', status: null };
      case 503:
        this.#heardRefusal(answer, url);
        return { kind: 'unknown' };
      case undefined:
        return { kind: 'unknown' };
      default:
        this.unexpected.push(answer!.text);
        return { kind: 'unknown' };
    }
  }

  /** Asks for a dry run of a step, which is answered from the log: it tells the present status, and changes nothing. */
  async #dryRun({ id, source, destination }: Target): Promise<void> {
    const [verb, by, from] =
      this.#random(2) === 0
        ? (['activate', destination, 'pending'] as const)
        : (['reactivate', source, 'inactive'] as const);
    const invoked = this.#tick();
    const url = this.#anyUrl();
    const body = { data: { attributes: {} } };
    const path = `/connect/connections/${id}/${verb}?dry-run=true`;
    const answer = await this.#patiently(new Client(url, by.key).post(path, { body }));
    let outcome = this.#outcomeOf(answer, url);
    if (outcome.kind === 'unknown') return;
    const isRead = outcome.kind === 'taken';
    if (outcome.kind === 'taken') {
      outcome = { kind: 'seen', register: { status: from, revision: outcome.left.revision } };
    }
    this.#note(id, { name: `dry run of ${verb}`, event: isRead ? null : EVENTS[verb]!, outcome, invoked });
  }

  /** Reads the effect of an answered command, at any instance. */
  async #look({ id, source }: Target): Promise<void> {
    const latest = this.#latest.get(id);
    if (latest === undefined) return;
    const url = this.#anyUrl();
    const headers = { 'connect-position': latest.position };
    const answer = await this.#patiently(new Client(url, source.key).get(`/connect/connections/${id}`, { headers }));
    if (answer === null) return;
    if (answer.status === 503) this.#heardRefusal(answer, url);
    else if (answer.status === 200) {
      this.reads.push({ connection: id, atLeast: latest.revision, seen: registerIn(answer) });
    } else this.unexpected.push(answer.text);
  }

  /** Every refusal that asks to come back has to say when. */
  #heardRefusal(answer: Answer, url: string): void {
    if (answer.headers.get('retry-after') === null) this.unexpected.push(`without Retry-After: ${answer.text}`);
    this.refusals.set(url, (this.refusals.get(url) ?? 0) + 1);
  }

  #note(connection: string, operation: Omit<Operation, 'returned'>): void {
    const returned = operation.outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : this.#tick();
    this.#histories.set(connection, [...(this.#histories.get(connection) ?? []), { ...operation, returned }]);
  }

  #anyUrl(): string {
    const { instances } = this.cluster;
    return instances[this.#random(instances.length)]!.url;
  }

  #tick(): number {
    return (this.#ticks += 1);
  }

  get #prefix(): string {
    return `attempt-${this.options.seed}-`;
  }

  /** @returns null when no complete answer came in time. */
  async #patiently(asking: Promise<Answer>): Promise<Answer | null> {
    const patience = new AbortController();
    const late = delay(this.options.patience ?? PATIENCE, null, { signal: patience.signal }).catch(() => null);
    const answer = await Promise.race([asking.catch(() => null), late]);
    patience.abort();
    this.#tried += 1;
    return answer;
  }
}

const registerIn = ({ body }: Answer): Register => ({
  status: body.data.attributes.status as string,
  revision: body.data.meta.revision as number,
});
