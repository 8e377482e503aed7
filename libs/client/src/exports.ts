import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** What to export: everything that you may see, unless it names one thing. */
export interface ExportQuery {
  /** `ndjson`, one CloudEvent a line, when left out. */
  readonly format?: 'ndjson' | 'csv' | undefined;
  /** Only this connection. */
  readonly connectionId?: string | undefined;
  /** Only the connections of this organization: your own, unless yours is a credential of the platform. */
  readonly organizationId?: string | undefined;
  /** The size of the checkpoint to prove everything against; one of all events, signed now, when left out. */
  readonly checkpoint?: number | undefined;
  /** The size of an older checkpoint: only what came after it, and the proof that the log still begins with it. */
  readonly since?: number | undefined;
}

/** An export that has begun. */
export interface Export {
  /**
   * Its bytes, once, as they come; whoever stops reading ends the export.
   * @throws Unreachable where they break off, and the reason of the caller's own signal when that has ended.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** What the service would call the file, without any folder; it holds the size of the checkpoint. */
  readonly fileName: string;
  /** The size of the checkpoint that everything is proven against: with it, the same bytes can be had again. */
  readonly checkpoint: number;
  /** Another one as soon as the bytes would be others. */
  readonly etag: string;
}

/** Events with their proofs, in files that anybody can verify without the service. */
export class Exports {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Begins an export; it is on record from then on who asked for it. For auditors, admins and credentials of the platform.
   * `timeout` is for its beginning, `signal` for all of it.
   * @throws NotFound where there is no such thing that you may see
   */
  async begin(query: ExportQuery = {}, options: CallOptions = {}): Promise<Export> {
    const { file, body } = await this.#transport.stream('audit/export', { ...query }, fileOf, options);
    return { ...file, body };
  }
}

/** As the service names its files, and nothing that could lead out of a folder. */
const NAMED = /filename="(connections-[\w-]+-(\d{1,15})\.(?:ndjson|csv))"$/;

function fileOf(headers: Headers): Omit<Export, 'body'> | null {
  const [, fileName, size] = NAMED.exec(headers.get('content-disposition') ?? '') ?? [];
  return fileName === undefined ? null : { fileName, checkpoint: Number(size), etag: headers.get('etag') ?? '' };
}
