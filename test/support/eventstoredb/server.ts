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
  /** Default: a free one. */
  readonly port?: number;
  /** The server's certificate and its key, as PEM. Default: connections without TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** False for a server before 21.10, which refuses batch appends as an unknown call. Default: true. */
  readonly batchAppend?: boolean;
  /** The credentials that permit everything. Default: none are needed. Clients send theirs only over TLS. */
  readonly credentials?: Credentials;
  /** The position of the first event, in bytes. Default: 4096. */
  readonly firstPosition?: bigint;
  /**
   * Whether appends of several events get a commit record: commit and prepare positions then differ. Default: false.
   */
  readonly commitRecords?: boolean;
  /** A file that keeps the data when the process is restarted. */
  readonly dataFile?: string;
}

/** Starts a server that speaks EventStoreDB's protocol, with the log of one test only. */
export async function startEventStoreDb(options: EventStoreDbOptions = {}): Promise<EventStoreDb> {
  const server = new EventStoreDb(options);
  await server.restart();
  return server;
}

/**
 * Test equipment: behaves on the wire like EventStoreDB, and fails as a test orders. It follows the rules of the real
 * server, and names their sources: a path that begins with `src/` is in the public repository EventStore/EventStore. It
 * does not support links, persistent subscriptions, projections, `$maxAge`, access lists, scavenging, filtered reads or
 * deletions by a client; a follower has its own log.
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

  /** The URL for clients. With TLS, `&tlsCAFile=` has to be added. */
  get connectionString(): string {
    const { credentials, tls } = this.options;
    const user = credentials === undefined ? '' : `${credentials.username}:${credentials.password}@`;
    // Certificates are issued for names, not for addresses.
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

  /** All events of the log, in order. */
  log(): readonly StoredEvent[] {
    return [...this.node.log.events];
  }

  /** Writes events that do not pass a filter for a domain's streams. */
  writeSystemEvents(count: number): void {
    for (let written = 0; written < count; written += 1) {
      this.node.log.write(`$stats-${this.connections.host}:${this.port}`, [
        systemEvent('$statsCollected', { written }),
      ]);
    }
  }

  /** Truncates the stream, so that it begins at this revision. */
  truncate(stream: string, beforeRevision: bigint): void {
    writeMetadata(this.node.log, stream, { $tb: Number(beforeRevision) });
  }

  /** Deletes the stream; it can be written again, and continues with the next revision. */
  softDelete(stream: string): void {
    this.truncate(stream, DELETED_STREAM);
  }

  /** Deletes the stream for ever. */
  tombstone(stream: string): void {
    this.node.log.write(stream, [systemEvent('$streamDeleted', {})], DELETED_STREAM);
  }

  /** Sets the members of the cluster. If another one is the leader, calls that require the leader are sent there. */
  joinCluster(members: readonly Member[]): void {
    this.node.cluster = members;
  }

  /** From now on accepts connections and calls, but answers none. */
  freeze(): void {
    this.node.frozen = true;
    this.connections.freeze();
  }

  /** Answers again; calls that were made while frozen are never answered. */
  thaw(): void {
    this.node.frozen = false;
    this.connections.thaw();
  }

  /** Breaks all connections, and accepts new ones. */
  killConnections(): void {
    this.connections.killAll();
  }

  /** Breaks all connections and accepts no new ones; keeps the data and the port. */
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
