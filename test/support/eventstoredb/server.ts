import { type ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService, type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import {
  type IServerFeaturesServer,
  ServerFeaturesService,
} from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { type IStreamsServer, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { append } from './append';
import { batchAppend } from './batch-append';
import { DataFile } from './data-file';
import { type CallKind, Faults } from './faults';
import { gossip } from './gossip';
import { DELETED_STREAM, EventLog, type StoredEvent } from './log';
import type { Credentials, Member, Node } from './node';
import { read } from './read';
import { serverFeatures } from './server-features';
import { systemEvent, writeMetadata } from './write';

export interface EventStoreDbOptions {
  /** Without, a free one. */
  readonly port?: number;
  /** The certificate to show and its key, as PEM; without, plain connections. */
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
  /** False for a server that only knows the older way to append. Default: true. */
  readonly batchAppend?: boolean;
  /** Who may do anything; without, everyone. */
  readonly credentials?: Credentials;
  /** Where the first event lies, in bytes. */
  readonly firstPosition?: bigint;
  /** Appends of several events get a commit record, so that commit and prepare positions differ. */
  readonly commitRecords?: boolean;
  /** Keeps what is written across processes. */
  readonly dataFile?: string;
}

const HOST = '127.0.0.1';

/** Starts a server that speaks EventStoreDB's protocol, with nothing in it but the log of one test. */
export async function startEventStoreDb(options: EventStoreDbOptions = {}): Promise<EventStoreDb> {
  const server = new EventStoreDb(options);
  await server.restart();
  return server;
}

/** Test equipment: what EventStoreDB says over the wire, said by this process, and whatever is to go wrong with it. */
export class EventStoreDb {
  readonly faults = new Faults();
  private readonly eventLog: EventLog;
  private readonly dataFile: DataFile | undefined;
  private readonly callCounts = new Map<CallKind, number>();
  private readonly grpc = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  private readonly injector: ConnectionInjector;
  private readonly listener = createServer((socket) => this.accept(socket));
  private readonly sockets = new Map<string, Socket>();
  private cluster: readonly Member[] | undefined;
  private frozen = false;
  private boundPort: number;

  constructor(private readonly options: EventStoreDbOptions) {
    this.boundPort = options.port ?? 0;
    this.dataFile = options.dataFile === undefined ? undefined : new DataFile(options.dataFile);
    this.eventLog = new EventLog({ ...options, dataFile: this.dataFile });
    const node = this.node();
    const features: IServerFeaturesServer = {
      getSupportedMethods: (call, answer) => void serverFeatures(node, call, answer),
    };
    const cluster: IGossipServer = { read: (call, answer) => void gossip(node, call, answer) };
    const streams: Pick<IStreamsServer, 'append' | 'batchAppend' | 'read'> = {
      append: (call, answer) => void append(node, call, answer),
      batchAppend: (call) => batchAppend(node, call),
      read: (call) => void read(node, call),
    };
    this.grpc.addService(ServerFeaturesService, features);
    this.grpc.addService(GossipService, cluster);
    this.grpc.addService(StreamsService, streams);
    this.injector = this.grpc.createConnectionInjector(credentialsFor(options));
  }

  get port(): number {
    return this.boundPort;
  }

  /** As its client takes it. With TLS, `tlsCAFile` is still to be added. */
  get connectionString(): string {
    const { credentials, tls } = this.options;
    const user = credentials === undefined ? '' : `${credentials.username}:${credentials.password}@`;
    return `esdb://${user}${HOST}:${this.port}?tls=${tls !== undefined}`;
  }

  /** How often each kind of call was made; in `batchAppend` each append counts. */
  get calls(): Readonly<Record<CallKind, number>> {
    const count = (kind: CallKind): number => this.callCounts.get(kind) ?? 0;
    return {
      serverFeatures: count('serverFeatures'),
      append: count('append'),
      batchAppend: count('batchAppend'),
      read: count('read'),
      subscribe: count('subscribe'),
      gossip: count('gossip'),
    };
  }

  /** Everything in the log, first to last. */
  log(): readonly StoredEvent[] {
    return [...this.eventLog.events];
  }

  /** Writes events that no filter for a domain's streams lets through. */
  writeSystemEvents(count: number): void {
    for (let written = 0; written < count; written += 1) {
      this.eventLog.write('$stats-127.0.0.1:2113', [systemEvent('$statsCollected', { written })]);
    }
  }

  /** Lets the stream begin at this revision. */
  truncate(stream: string, beforeRevision: bigint): void {
    writeMetadata(this.eventLog, stream, { $tb: Number(beforeRevision) });
  }

  /** Deletes the stream; it can be written again, and goes on with the next revision. */
  softDelete(stream: string): void {
    this.truncate(stream, DELETED_STREAM);
  }

  /** Deletes the stream for ever. */
  tombstone(stream: string): void {
    this.eventLog.write(stream, [systemEvent('$streamDeleted', {})], DELETED_STREAM);
  }

  /** Says who belongs to the cluster; when another one is the leader, what needs the leader is sent there. */
  joinCluster(members: readonly Member[]): void {
    this.cluster = members;
  }

  /** From now on takes connections and calls, and answers none of them. */
  freeze(): void {
    this.frozen = true;
  }

  /** Answers again; what was asked while frozen stays unanswered. */
  thaw(): void {
    this.frozen = false;
  }

  /** Breaks all connections, and takes new ones. */
  killConnections(): void {
    for (const socket of this.sockets.values()) socket.destroy();
  }

  /** Breaks all connections and takes no new ones; keeps the data and the port. */
  async stop(): Promise<void> {
    if (!this.listener.listening) return;
    const closed = once(this.listener, 'close');
    this.listener.close();
    this.killConnections();
    await closed;
  }

  /** Serves again, at the same port. */
  async restart(): Promise<void> {
    await this.stop();
    this.listener.listen(this.boundPort, HOST);
    await once(this.listener, 'listening');
    this.boundPort = (this.listener.address() as AddressInfo).port;
  }

  /** Stops for good. */
  async close(): Promise<void> {
    await this.stop();
    this.grpc.forceShutdown();
    this.dataFile?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private accept(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.sockets.set(peer, socket);
    socket.on('close', () => this.sockets.delete(peer));
    socket.on('error', () => undefined);
    if (!this.frozen) this.injector.injectConnection(socket);
  }

  private node(): Node {
    const isFrozen = (): boolean => this.frozen;
    return {
      log: this.eventLog,
      faults: this.faults,
      calls: this.callCounts,
      batchAppend: this.options.batchAppend ?? true,
      credentials: this.options.credentials,
      get frozen() {
        return isFrozen();
      },
      members: () => this.cluster ?? [{ host: HOST, port: this.port, state: 'leader' }],
      leader: () => this.cluster?.find(({ state, port }) => state === 'leader' && port !== this.port),
      killConnection: (peer) => this.sockets.get(peer)?.destroy(),
    };
  }
}

function credentialsFor({ tls }: EventStoreDbOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.key }]);
}
