import type { components, operations } from './generated.js';

type Schemas = components['schemas'];

/** A one-directional pairing of two organizations: the source shares data with the destination. */
export type Connection = Schemas['Connection'];
/** The status of a connection. Data may be shared only while it is `active`. */
export type ConnectionStatus = Connection['attributes']['status'];
/** One entry of a connection's history. */
export type ConnectionEvent = Schemas['ConnectionEvent'];
/** What changed between two times of a connection, and what happened in between. */
export type ConnectionDifference = Schemas['ConnectionDifference'];
/** Whether data may be shared, why, and which event decided that. */
export type ShareCheck = Schemas['ShareCheck'];
export type Organization = Schemas['Organization'];
/** A credential, without the secret key. */
export type ApiKey = Schemas['ApiKey'];
/** A credential with its secret key, which is shown only this once. */
export type CreatedApiKey = Schemas['CreatedApiKey'];

/** A record of who accessed the history. */
export type Access = Schemas['Access'];

/** Lets optional members be undefined as well, even for callers who compile with `exactOptionalPropertyTypes`. */
type Given<T> = { [Name in keyof T]: object extends Pick<T, Name> ? T[Name] | undefined : T[Name] };

/** The attributes of a new connection. */
export type NewConnection = Given<Schemas['CreateConnectionRequest']['data']['attributes']>;
/** Whether data of these scopes may go from the source to the destination: now, or at the past moment `asOf`. */
export type ShareQuestion = Given<Exclude<Schemas['CheckSharingRequest']['data'], unknown[]>['attributes']>;
/** The attributes of a new API key. */
export type NewApiKey = Given<Schemas['CreateApiKeyRequest']['data']['attributes']>;
/** The attributes of a new organization. */
export type NewOrganization = Given<Schemas['CreateOrganizationRequest']['data']['attributes']>;

/** One problem with a request. Later services may have more codes. */
export type Problem = Omit<Schemas['Error'], 'code'> & {
  // Unlike a plain string, this lets editors suggest the known codes.
  readonly code: Schemas['Error']['code'] | (string & {});
};
/** Which part of the request was wrong. A pointer names attributes as they are sent, in kebab case. */
export type ProblemSource = Schemas['ErrorSource'];
/** Details that help to go on; its members depend on the code. */
export type ProblemMeta = Schemas['ErrorMeta'];

type QueryOf<Name extends keyof operations> = Given<NonNullable<operations[Name]['parameters']['query']>>;

/** Renames parameters: `filter[role]` to `role`, and `page[size]` to `size`. */
type WithoutBrackets<Query> = {
  [Name in keyof Query as Name extends `${string}[${infer Inner}]` ? Inner : Name]: Query[Name];
};

/** Which connections, and which page of them. Times are ISO 8601 texts; `size` is 1 to 100, by default 100. */
export type ConnectionQuery = Omit<WithoutBrackets<QueryOf<'listConnections'>>, 'status'> & {
  /** Only connections in one of these statuses. */
  readonly status?: ConnectionStatus | readonly ConnectionStatus[] | undefined;
};

/** The kind of an event of a connection. */
export type ConnectionEventType = ConnectionEvent['attributes']['event'];
/** Which part of a history, and which page of it. With filters, even a short or empty page need not be the last. */
export type HistoryQuery = Omit<WithoutBrackets<QueryOf<'listConnectionEvents'>>, 'event'> & {
  /** Only events of these kinds. */
  readonly event?: ConnectionEventType | readonly ConnectionEventType[] | undefined;
};
/** Which page of the organizations. */
export type OrganizationQuery = WithoutBrackets<QueryOf<'listOrganizations'>>;
/** Which API keys, and which page of them. */
export type ApiKeyQuery = WithoutBrackets<QueryOf<'listApiKeys'>>;

/** Which records of access, and which page of them. */
export type AccessQuery = WithoutBrackets<QueryOf<'listAccesses'>>;

/** Two times of the past: ISO 8601 texts or revisions. */
export type TwoPasts = QueryOf<'compareConnection'>;
/** When in the past: `asOf`, an ISO 8601 text, or `revision`, and not both. */
export type Past = QueryOf<'retrieveConnection'>;
