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

/** The organization that the API key belongs to. */
export class OwnOrganization {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws NotFound for a platform credential, which belongs to none. */
  async retrieve(options: CallOptions = {}): Promise<Organization> {
    const { data } = await this.#transport.get('organization', {}, { fresh: false }, options);
    return data as Organization;
  }
}

/** All organizations, for platform credentials. */
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

/** API keys, for admins of an organization and platform credentials. */
export class ApiKeys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * `attributes.key` is the key, shown only this once. It is null if the first answer was lost and this one is from a
   * retry: then revoke that key, and create another.
   */
  async create(apiKey: NewApiKey, options: WriteOptions = {}): Promise<CreatedApiKey> {
    const { data } = await this.#transport.write('api-keys', apiKey, options);
    return data as CreatedApiKey;
  }

  /** Newest first, without the secret keys. */
  list(query: ApiKeyQuery = {}, options: CallOptions = {}): Pages<ApiKey> {
    return new Pages(query, (page) => this.#transport.list('api-keys', page, { fresh: false }, options));
  }

  /** Revokes a key at once and for ever. One that was already revoked stays as it was. */
  async revoke(id: string, options: WriteOptions = {}): Promise<ApiKey> {
    const { data } = await this.#transport.write(`api-keys/${idIn(id)}/revoke`, {}, options);
    return data as ApiKey;
  }
}
