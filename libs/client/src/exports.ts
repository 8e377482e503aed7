import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** What to export; by default everything that you may see. */
export interface ExportQuery {
  /** Default: `ndjson`, one CloudEvent a line. */
  readonly format?: 'ndjson' | 'csv' | undefined;
  /** Only this connection. */
  readonly connectionId?: string | undefined;
  /** Only the connections of this organization: your own, unless you use a platform credential. */
  readonly organizationId?: string | undefined;
  /** The size of the checkpoint to prove everything against. Default: one of all events, signed now. */
  readonly checkpoint?: number | undefined;
  /**
   * The size of an older checkpoint: exports only what came after it, and the proof that the log still begins with it.
   */
  readonly since?: number | undefined;
}

/** An export under way. */
export interface Export {
  /**
   * The bytes, as they arrive; can be read once. To stop reading is to end the export.
   * @throws Unreachable if it breaks off, or the reason of the caller's signal if that is aborted.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** The file name suggested by the service, without a folder; it contains the size of the checkpoint. */
  readonly fileName: string;
  /** The size of the checkpoint that everything is proven against: it allows the same bytes to be requested again. */
  readonly checkpoint: number;
  /** Changes whenever the bytes would. */
  readonly etag: string;
}

/** Exports of events with their proofs, which anybody can verify without the service. */
export class Exports {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Begins an export; the access is recorded from then on. For auditors, admins and platform credentials. `timeout`
   * applies until it begins, `signal` to all of it.
   * @throws NotFound when there is no such thing that you may see.
   */
  async begin(query: ExportQuery = {}, options: CallOptions = {}): Promise<Export> {
    const { file, body } = await this.#transport.stream('audit/export', { ...query }, fileOf, options);
    return { ...file, body };
  }
}

/** The form of the service's file names; rules out names that lead out of a folder. */
const NAMED = /filename="(connections-[\w-]+-(\d{1,15})\.(?:ndjson|csv))"$/;

function fileOf(headers: Headers): Omit<Export, 'body'> | null {
  const [, fileName, size] = NAMED.exec(headers.get('content-disposition') ?? '') ?? [];
  return fileName === undefined ? null : { fileName, checkpoint: Number(size), etag: headers.get('etag') ?? '' };
}
