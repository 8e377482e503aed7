import type { CallOptions } from './options.js';
import { Pages } from './pages.js';
import type { Transport } from './transport.js';
import type { Access, AccessQuery } from './types.js';

/** Who accessed the history; for auditors, admins of an organization, and platform credentials. */
export class Accesses {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Newest first: for the platform all accesses, for others those that concern their own organization's connections.
   */
  list(query: AccessQuery = {}, options: CallOptions = {}): Pages<Access> {
    return new Pages(query, (page) => this.#transport.list('audit/accesses', page, { fresh: false }, options));
  }
}
