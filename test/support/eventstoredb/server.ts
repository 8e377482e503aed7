import { type Server, ServerCredentials } from '@grpc/grpc-js';
import { Connections } from './connections';
import { DataFile } from './data-file';
import type { CallKind, Faults } from './faults';
import { DELETED_STREAM, EventLog } from './log';
import type { StoredEvent } from './stored-event';
import { type Credentials, type Member, Node } from './node';
import { grpcServer } from './services';
import { systemEvent, writeMetadata } from './write';

export interface EventStoreDbOptions {
  /** Without, a free one. */
  readonly port?: number;
  /** The certificate to show and its key, as PEM; without, plain connections. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** False for a server before 21.10, which refuses batches as a call that it does not know. Default: true. */
  readonly batchAppend?: boolean;
  /** Who may do anything; without, everyone. Clients send theirs over TLS only. */
  readonly credentials?: Credentials;
  /** Where the first event lies, in bytes. Default: 4096. */
  readonly firstPosition?: bigint;
  /** Appends of several events get a commit record, so that commit and prepare positions differ. Default: false. */
  readonly commitRecords?: boolean;
  /** A file that keeps what is written from one process to the next. */
  readonly dataFile?: string;
}

/** Starts a server that speaks EventStoreDB's protocol, with nothing in it but the log of one test. */
export async function startEventStoreDb(options: EventStoreDbOptions = {}): Promise<EventStoreDb> {
  const server = new EventStoreDb(options);
  await server.restart();
  return server;
}

/**
 * Test equipment: says over the wire what EventStoreDB says, and goes wrong as a test orders. The rules it keeps to are
 * the real server's, and name their source where they are written: a path that begins with `src/` is one of the public
 * repository EventStore/EventStore. It knows no links, persistent subscriptions, projections, `$maxAge`, access lists,
 * scavenging, filtered reads or deletions by a client; a follower has a log of its own.
 */
export class EventStoreDb {
  private readonly dataFile: DataFile | undefined;
  private readonly connections: Connections;
  private readonly node: Node;
  private readonly grpc: Server;

  constructor(private readonly options: EventStoreDbOptions) {
    const { port = 0, batchAppend = true, credentials, dataFile } = options;
    this.dataFile = dataFile === undefined ? undefined : new DataFile(dataFile);
    this.connections = new Connections(port, (socket) => injector.injectConnection(socket));
    this.node = new Node(
      new EventLog({ ...options, dataFile: this.dataFile }),
      this.connections,
      batchAppend,
      credentials,
    );
    this.grpc = grpcServer(this.node);
    const injector = this.grpc.createConnectionInjector(credentialsFor(options));
  }

  get port(): number {
    return this.connections.port;
  }

  /** As its client takes it. With TLS, `&tlsCAFile=` is still to be added. */
  get connectionString(): string {
    const { credentials, tls } = this.options;
    const user = credentials === undefined ? '' : `${credentials.username}:${credentials.password}@`;
    // Names, not addresses, are what certificates are made out to.
    const host = tls === undefined ? this.connections.host : 'localhost';
    return `esdb://${user}${host}:${this.port}?tls=${tls !== undefined}`;
  }

  get faults(): Faults {
    return this.node.faults;
  }

  /** How often each kind of call was made; in `batchAppend` each append counts. */
  get calls(): Readonly<Record<CallKind, number>> {
    return { ...this.node.calls };
  }

  /** Everything in the log, first to last. */
  log(): readonly StoredEvent[] {
    return [...this.node.log.events];
  }

  /** Writes events that no filter for a domain's streams lets through. */
  writeSystemEvents(count: number): void {
    for (let written = 0; written < count; written += 1) {
      this.node.log.write(`$stats-${this.connections.host}:${this.port}`, [
        systemEvent('$statsCollected', { written }),
      ]);
    }
  }

  /** Lets the stream begin at this revision. */
  truncate(stream: string, beforeRevision: bigint): void {
    writeMetadata(this.node.log, stream, { $tb: Number(beforeRevision) });
  }

  /** Deletes the stream; it can be written again, and goes on with the next revision. */
  softDelete(stream: string): void {
    this.truncate(stream, DELETED_STREAM);
  }

  /** Deletes the stream for ever. */
  tombstone(stream: string): void {
    this.node.log.write(stream, [systemEvent('$streamDeleted', {})], DELETED_STREAM);
  }

  /** Says who belongs to the cluster. What is for the leader is sent there when that is another one. */
  joinCluster(members: readonly Member[]): void {
    this.node.cluster = members;
  }

  /** Takes connections and calls from now on, and answers none of them. */
  freeze(): void {
    this.node.frozen = true;
    this.connections.freeze();
  }

  /** Answers again; calls that were made while frozen stay without an answer. */
  thaw(): void {
    this.node.frozen = false;
    this.connections.thaw();
  }

  /** Breaks all connections, and takes new ones. */
  killConnections(): void {
    this.connections.killAll();
  }

  /** Breaks all connections and takes no new ones; keeps the data and the port. */
  async stop(): Promise<void> {
    await this.connections.stop();
  }

  /** Serves again, at the same port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.connections.listen();
  }

  /** Stops for good. */
  async close(): Promise<void> {
    await this.stop();
    this.grpc.forceShutdown();
    this.dataFile?.close();
  }
}

function credentialsFor({ tls }: EventStoreDbOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) };
  return ServerCredentials.createSsl(null, [pair]);
}
