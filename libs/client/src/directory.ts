import type { CallOptions, WriteOptions } from './options.js';
import { Pages } from './pages.js';
import { idIn, type Transport } from './transport.js';
import type {
  ApiKey,
  ApiKeyQuery,
  CreatedApiKey,
  NewApiKey,
  NewOrganization,
  Organization,
  OrganizationQuery,
} from './types.js';

/** The organization that the API key speaks for. */
export class OwnOrganization {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws NotFound for a credential of the platform, which has none. */
  async retrieve(options: CallOptions = {}): Promise<Organization> {
    const { data } = await this.#transport.get('organization', {}, { fresh: false }, options);
    return data as Organization;
  }
}

/** All organizations, for credentials of the platform. */
export class Organizations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async create(organization: NewOrganization, options: WriteOptions = {}): Promise<Organization> {
    const { data } = await this.#transport.write('organizations', organization, options);
    return data as Organization;
  }

  /** Newest first. */
  list(query: OrganizationQuery = {}, options: CallOptions = {}): Pages<Organization> {
    return new Pages(query, (page) => this.#transport.list('organizations', page, { fresh: false }, options));
  }
}

/** API keys, for admins of an organization and credentials of the platform. */
export class ApiKeys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * `attributes.key` is the key, and this is the only time that it is shown. It is null when an answer was lost on its
   * way and this is a later try's: revoke that key then, and make another.
   */
  async create(apiKey: NewApiKey, options: WriteOptions = {}): Promise<CreatedApiKey> {
    const { data } = await this.#transport.write('api-keys', apiKey, options);
    return data as CreatedApiKey;
  }

  /** Newest first, without the keys themselves. */
  list(query: ApiKeyQuery = {}, options: CallOptions = {}): Pages<ApiKey> {
    return new Pages(query, (page) => this.#transport.list('api-keys', page, { fresh: false }, options));
  }

  /** Ends a key at once and for ever. One that was revoked before stays as it was. */
  async revoke(id: string, options: WriteOptions = {}): Promise<ApiKey> {
    const { data } = await this.#transport.write(`api-keys/${idIn(id)}/revoke`, {}, options);
    return data as ApiKey;
  }
}
