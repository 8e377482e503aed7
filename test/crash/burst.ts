import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, Client } from '../support/client';

/** One request, which may be sent again after a crash; what was heard of it. */
export interface Attempt {
  /** Sent as Request-Id, so that the event it leaves carries it as its correlation-id. Unlike any other. */
  readonly name: string;
  readonly kind: 'create' | 'step' | 'organization' | 'api-key';
  readonly credential: string;
  readonly path: string;
  readonly attributes: object;
  /** Null for a request that its client would not dare to repeat. */
  readonly idempotencyKey: string | null;
  /** Null until an answer was read to its end. */
  answer: Answer | null;
}

interface Organization {
  readonly id: string;
  readonly key: string;
}

interface KnownConnection {
  readonly id: string;
  readonly source: Organization;
  readonly destination: Organization;
}

const CLIENTS = 8;
/** Steps are aimed at so many connections at a time, so that they meet. */
const IN_PLAY = 24;
/** A new organization is given so many partners. */
const PARTNERS = 8;

/** Clients that command at random, and remember what they were answered. */
export class Burst {
  readonly attempts: Attempt[] = [];
  readonly #organizations: Organization[] = [];
  readonly #connections: KnownConnection[] = [];
  /** Directed pairs that nobody has tried to connect yet. */
  readonly #untried: { readonly source: Organization; readonly destination: Organization }[] = [];

  constructor(
    private readonly platformKey: string,
    private readonly random: (below: number) => number,
  ) {}

  /** Sends until so many answers are in, then calls `kill` while requests are under way. */
  async run(url: string, answers: number, kill: () => Promise<void>): Promise<void> {
    const enough = Promise.withResolvers<unknown>();
    let answered = 0;
    const client = async (first: () => Promise<boolean>): Promise<void> => {
      let alive = await first();
      while (alive) {
        answered += 1;
        if (answered >= answers) enough.resolve(undefined);
        alive = await this.#command(url);
      }
    };
    const clients = Array.from({ length: CLIENTS }, (_, index) =>
      client(() => (index === 0 ? this.#organization(url) : this.#command(url))),
    );
    await Promise.race([enough.promise, Promise.all(clients)]);
    // Anywhere between two answers, and not always at the same place.
    await delay(this.random(6));
    await kill();
    await Promise.all(clients);
  }

  /** Sends the requests without an answer again, where their clients dare to. */
  async retryUnanswered(url: string): Promise<Attempt[]> {
    const again = this.attempts.filter(({ answer, idempotencyKey }) => answer === null && idempotencyKey !== null);
    await Promise.all(again.map((attempt) => this.#send(url, attempt)));
    for (const attempt of again) await this.#learn(url, attempt);
    return again;
  }

  /** An organization with its key, made in two requests that can both be repeated. */
  async #organization(url: string): Promise<boolean> {
    const name = `Organization ${this.attempts.length}`;
    const attempt = this.#attempt('organization', this.platformKey, '/organizations', { name }, true);
    return (await this.#send(url, attempt)) && this.#learn(url, attempt);
  }

  async #command(url: string): Promise<boolean> {
    const pair = this.random(5) < 2 ? this.#untried.pop() : undefined;
    const attempt = pair ? this.#creation(pair) : this.#step();
    return attempt === null ? this.#organization(url) : (await this.#send(url, attempt)) && this.#learn(url, attempt);
  }

  #creation({ source, destination }: { source: Organization; destination: Organization }): Attempt {
    const attributes = { 'destination-organization-id': destination.id, name: `Connection ${this.attempts.length}` };
    return this.#attempt('create', source.key, '/connect/connections', attributes);
  }

  #step(): Attempt | null {
    const first = Math.max(0, this.#connections.length - IN_PLAY);
    const connection = this.#connections[first + this.random(this.#connections.length - first)];
    if (connection === undefined) return null;
    const verb = ['activate', 'activate', 'deactivate', 'reactivate'][this.random(4)]!;
    const by = this.random(2) === 0 ? connection.source : connection.destination;
    const attributes = verb === 'activate' ? {} : { reason: `Attempt ${this.attempts.length}` };
    return this.#attempt('step', by.key, `/connect/connections/${connection.id}/${verb}`, attributes);
  }

  #attempt(kind: Attempt['kind'], credential: string, path: string, attributes: object, careful?: boolean): Attempt {
    const name = `attempt-${this.attempts.length}`;
    const idempotencyKey = (careful ?? this.random(5) < 3) ? `key of ${name}` : null;
    const attempt = { name, kind, credential, path, attributes, idempotencyKey, answer: null };
    this.attempts.push(attempt);
    return attempt;
  }

  /** @returns false when no whole answer came. */
  async #send(url: string, attempt: Attempt): Promise<boolean> {
    attempt.answer = await send(url, attempt);
    return attempt.answer !== null;
  }

  /** What an answer makes known is what the next requests are about. @returns false when the service is gone. */
  async #learn(url: string, { kind, answer, credential, attributes }: Attempt): Promise<boolean> {
    if (answer?.status !== 201) return answer !== null;
    const { id, attributes: made } = answer.body.data;
    switch (kind) {
      case 'organization':
        return this.#credential(url, id as string);
      case 'api-key':
        // Answered, but lost on its way: a secret is never shown again, so another key is asked for.
        if (made.key === null) return this.#credential(url, made['organization-id'] as string);
        this.#join({ id: made['organization-id'] as string, key: made.key as string });
        return true;
      default: {
        const { 'destination-organization-id': other } = attributes as Record<string, string>;
        const source = this.#organizations.find(({ key }) => key === credential)!;
        this.#connections.push({ id: id as string, source, destination: this.#organizationWith(other!) });
        return true;
      }
    }
  }

  async #credential(url: string, organizationId: string): Promise<boolean> {
    const attributes = { 'organization-id': organizationId, role: 'admin', name: `Key ${this.attempts.length}` };
    const attempt = this.#attempt('api-key', this.platformKey, '/api-keys', attributes, true);
    return (await this.#send(url, attempt)) && this.#learn(url, attempt);
  }

  #organizationWith(id: string): Organization {
    return this.#organizations.find((organization) => organization.id === id)!;
  }

  #join(organization: Organization): void {
    for (const partner of this.#organizations.slice(-PARTNERS)) {
      this.#untried.unshift(
        { source: organization, destination: partner },
        { source: partner, destination: organization },
      );
    }
    this.#organizations.push(organization);
  }
}

/** Sends a request as it was made, the first time or again. @returns null when no whole answer came. */
export async function send(url: string, attempt: Attempt): Promise<Answer | null> {
  const { name, credential, path, attributes, idempotencyKey } = attempt;
  const headers = { 'request-id': name, ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }) };
  try {
    return await new Client(url, credential).post(path, { headers, body: { data: { attributes } } });
  } catch {
    // The service was killed before it had answered, or before all of the answer had come.
    return null;
  }
}
