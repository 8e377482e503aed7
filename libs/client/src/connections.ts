import type { Answered } from './answers.js';
import type { CallOptions, WriteOptions } from './options.js';
import { Pages } from './pages.js';
import { idIn, type Query, type Transport } from './transport.js';
import type {
  Connection,
  ConnectionDifference,
  ConnectionEvent,
  ConnectionQuery,
  HistoryQuery,
  NewConnection,
  Past,
  TwoPasts,
} from './types.js';

/** The options of a step. */
export interface StepOptions extends Omit<WriteOptions, 'dryRun' | 'ifMatch'> {
  /**
   * The connection that you decided upon, or its revision: if it has changed since, nothing is written and the step
   * throws StaleRevision. Without it, the step applies to the connection as it is when the request arrives.
   */
  readonly ifMatch?: Connection | number | undefined;
  /** Checks everything and answers as the step would, but writes nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
}

/** The options of a step that can have a reason. */
export interface ReasonedStepOptions extends StepOptions {
  /** The reason, readable by both parties; at most 500 characters. */
  readonly reason?: string | undefined;
}

const PATH = 'connect/connections';

/** Connections and the steps of the handshake. */
export class Connections {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Creates a connection from your organization to another; it stays pending until that one activates it.
   * @throws AlreadyConnected when the pair has a connection in any status: see `meta.connectionId`.
   */
  async create(connection: NewConnection, options: WriteOptions = {}): Promise<Connection> {
    const { data } = await this.#transport.write(PATH, connection, options);
    return data as Connection;
  }

  /** The connections that you are a party to, newest first. */
  list(query: ConnectionQuery = {}, options: CallOptions = {}): Pages<Connection> {
    return new Pages(query, (page) => this.#transport.list(PATH, page, { fresh: true }, options));
  }

  /**
   * A connection as it is, or as it was in the past.
   * @throws NotFound when there is none that you may see, or it did not exist then.
   */
  async retrieve(id: string, { asOf, revision, ...options }: Past & CallOptions = {}): Promise<Connection> {
    const path = `${PATH}/${idIn(id)}`;
    const { data } = await this.#transport.get(path, { asOf, revision }, { fresh: true }, options);
    return data as Connection;
  }

  /** The destination's step, from pending: from then on data may be shared. */
  activate(id: string, options: StepOptions = {}): Promise<Connection> {
    return this.#step(id, 'activate', options);
  }

  /** Either party's step, from pending or active: from then on no data may be shared. */
  deactivate(id: string, options: ReasonedStepOptions = {}): Promise<Connection> {
    return this.#step(id, 'deactivate', options);
  }

  /** The source's step, from inactive: returns it to pending, for the destination to activate again. */
  reactivate(id: string, options: ReasonedStepOptions = {}): Promise<Connection> {
    return this.#step(id, 'reactivate', options);
  }

  /**
   * Removes for ever the text that was written with one event: the name, with revision 0, or the reason of a later one.
   * Requires an admin key of the organization that wrote it, or a platform-admin key.
   */
  redact(id: string, revision: number, options: StepOptions = {}): Promise<Connection> {
    return this.#step(id, `events/${revision}/redact`, options);
  }

  /** All events of a connection, oldest first. */
  history(id: string, query: HistoryQuery = {}, options: CallOptions = {}): Pages<ConnectionEvent> {
    // Always current: the service reads histories from the log itself.
    const read = async (page: Query): Promise<Answered> =>
      this.#transport.list(`${PATH}/${idIn(id)}/events`, page, { fresh: false }, options);
    return new Pages(query, read);
  }

  /**
   * What changed between two times, each an ISO 8601 text or a revision, and what happened in between. `to` defaults to
   * now. A time before the connection existed is no error: then there is no connection on that side.
   */
  async diff(id: string, { from, to, ...options }: TwoPasts & CallOptions): Promise<ConnectionDifference> {
    const path = `${PATH}/${idIn(id)}/diff`;
    // Always current: the service reads this from the log itself.
    const { data } = await this.#transport.get(path, { from, to }, { fresh: false }, options);
    return data as ConnectionDifference;
  }

  async #step(
    id: string,
    step: string,
    { ifMatch, dryRun, reason, ...options }: ReasonedStepOptions,
  ): Promise<Connection> {
    // A caller who meant to try a step must not find it taken.
    if (!['undefined', 'boolean'].includes(typeof dryRun)) {
      throw new TypeError(`dryRun must be true or false; it is ${JSON.stringify(dryRun)}.`);
    }
    const headers: Record<string, string> =
      ifMatch === undefined ? {} : { 'if-match': `"${typeof ifMatch === 'number' ? ifMatch : ifMatch.meta.revision}"` };
    const query = dryRun === true ? { dryRun } : {};
    const path = `${PATH}/${idIn(id)}/${step}`;
    const { data } = await this.#transport.write(path, { reason }, options, { query, headers });
    return data as Connection;
  }
}
