import { Accesses } from './accesses.js';
import { Connections } from './connections.js';
import { ApiKeys, Organizations, OwnOrganization } from './directory.js';
import { Exports } from './exports.js';
import type { ClientOptions } from './options.js';
import { ShareChecks } from './share-checks.js';
import { Transport } from './transport.js';

/** Calls the service with one API key. Keep one instance for the life of the process: it remembers its writes. */
export class ConnectionsClient {
  readonly connections: Connections;
  readonly shareChecks: ShareChecks;
  readonly organization: OwnOrganization;
  readonly organizations: Organizations;
  readonly apiKeys: ApiKeys;
  readonly accesses: Accesses;
  readonly exports: Exports;

  /** @throws TypeError or RangeError naming the invalid option. */
  constructor(options: ClientOptions) {
    const transport = new Transport(options);
    this.connections = new Connections(transport);
    this.shareChecks = new ShareChecks(transport);
    this.organization = new OwnOrganization(transport);
    this.organizations = new Organizations(transport);
    this.apiKeys = new ApiKeys(transport);
    this.accesses = new Accesses(transport);
    this.exports = new Exports(transport);
  }
}
