import type { components, operations } from './generated.js';

type Schemas = components['schemas'];

/** A one-directional pairing of two organizations: the source shares data with the destination. */
export type Connection = Schemas['Connection'];
/** Data may be shared only while a connection is `active`. */
export type ConnectionStatus = Connection['attributes']['status'];
/** One entry of a connection's history. */
export type ConnectionEvent = Schemas['ConnectionEvent'];
/** What changed between two times of a connection, and what happened in between. */
export type ConnectionDifference = Schemas['ConnectionDifference'];
/** Whether data may be shared, why, and by which event that was decided. */
export type ShareCheck = Schemas['ShareCheck'];
export type Organization = Schemas['Organization'];
/** A credential, without the key itself. */
export type ApiKey = Schemas['ApiKey'];
/** A credential with its key, which is shown this once. */
export type CreatedApiKey = Schemas['CreatedApiKey'];

/** Who looked into what happened. */
export type Access = Schemas['Access'];

/** What may be left out may be undefined as well, however strict the caller's compiler is. */
type Given<T> = { [Name in keyof T]: object extends Pick<T, Name> ? T[Name] | undefined : T[Name] };

/** What a new connection is to be. */
export type NewConnection = Given<Schemas['CreateConnectionRequest']['data']['attributes']>;
/** May data of these scopes go from the one organization to the other? Now, or at the past moment `asOf`. */
export type ShareQuestion = Given<Exclude<Schemas['CheckSharingRequest']['data'], unknown[]>['attributes']>;
/** What a new API key is to be. */
export type NewApiKey = Given<Schemas['CreateApiKeyRequest']['data']['attributes']>;
/** What a new organization is to be. */
export type NewOrganization = Given<Schemas['CreateOrganizationRequest']['data']['attributes']>;

/** One thing that was wrong with a request. Later services may know more codes. */
export type Problem = Omit<Schemas['Error'], 'code'> & {
  // Editors go on to suggest the known ones, as they would not with a plain string.
  readonly code: Schemas['Error']['code'] | (string & {});
};
/** Where in the request it was wrong. A pointer names attributes as they go over the wire, in kebab case. */
export type ProblemSource = Schemas['ErrorSource'];
/** What is needed in order to go on; which members there are depends on the code. */
export type ProblemMeta = Schemas['ErrorMeta'];

type QueryOf<Name extends keyof operations> = Given<NonNullable<operations[Name]['parameters']['query']>>;

/** `filter[role]` is `role`, and `page[size]` is `size`. */
type WithoutBrackets<Query> = {
  [Name in keyof Query as Name extends `${string}[${infer Inner}]` ? Inner : Name]: Query[Name];
};

/** Which connections, and which page of them. Moments are ISO 8601 texts; `size` is 1 to 100, and 100 when left out. */
export type ConnectionQuery = Omit<WithoutBrackets<QueryOf<'listConnections'>>, 'status'> & {
  /** Only those in one of these statuses. */
  readonly status?: ConnectionStatus | readonly ConnectionStatus[] | undefined;
};

/** What happened to a connection: the name of an event. */
export type ConnectionEventType = ConnectionEvent['attributes']['event'];
/** Which part of a history, and which page of it. With filters a page may be short, or empty, and not the last. */
export type HistoryQuery = Omit<WithoutBrackets<QueryOf<'listConnectionEvents'>>, 'event'> & {
  /** Only what happened in one of these ways. */
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
