import type { CallOptions } from './options.js';
import { Pages } from './pages.js';
import type { Transport } from './transport.js';
import type { Access, AccessQuery } from './types.js';

/** Who looked into what happened, for auditors, admins of an organization and credentials of the platform. */
export class Accesses {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first: those that concern your own organization's connections, or, for the platform, all. */
  list(query: AccessQuery = {}, options: CallOptions = {}): Pages<Access> {
    return new Pages(query, (page) => this.#transport.list('audit/accesses', page, { fresh: false }, options));
  }
}
