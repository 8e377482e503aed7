import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** What to export: everything that you may see, unless it names one thing. */
export interface ExportQuery {
  /** `ndjson`, one CloudEvent a line, when left out. */
  readonly format?: 'ndjson' | 'csv';
  /** Only this connection. */
  readonly connectionId?: string;
  /** Only the connections of this organization: your own, unless yours is a credential of the platform. */
  readonly organizationId?: string;
  /** The size of the checkpoint to prove everything against; one of all events, signed now, when left out. */
  readonly checkpoint?: number;
  /** The size of an older checkpoint: only what came after it, and the proof that the log still begins with it. */
  readonly since?: number;
}

/** An export that has begun. */
export interface Export {
  /** Its bytes, once, as they come. It fails where they break off; whoever stops reading ends the export. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What the service would call the file; it holds the size of the checkpoint. */
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
   * @throws NotFound where there is no such thing that you may see.
   */
  async begin(query: ExportQuery = {}, options: CallOptions = {}): Promise<Export> {
    const { headers, body } = await this.#transport.stream('audit/export', { ...query }, options);
    const [, fileName = ''] = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '') ?? [];
    const [, size] = /-(\d+)\.\w+$/.exec(fileName) ?? [];
    return { body, fileName, checkpoint: Number(size), etag: headers.get('etag') ?? '' };
  }
}
