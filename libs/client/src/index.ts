export type { Accesses } from './accesses.js';
export { ConnectionsClient } from './client.js';
export type { Connections, ReasonedStepOptions, StepOptions } from './connections.js';
export type { ApiKeys, Organizations, OwnOrganization } from './directory.js';
export {
  AlreadyConnected,
  ConnectionsError,
  type ErrorCode,
  IllegalTransition,
  InvalidRequest,
  NotFound,
  NotPermitted,
  RateLimited,
  StaleRevision,
  TimedOut,
  Unauthenticated,
  Unavailable,
  Unreachable,
} from './errors.js';
export type { Export, ExportQuery, Exports } from './exports.js';
export type { CallOptions, ClientOptions, WriteOptions } from './options.js';
export type { Page, Pages } from './pages.js';
export type { ShareChecks, UnansweredCheck } from './share-checks.js';
export type {
  Access,
  AccessQuery,
  ApiKey,
  ApiKeyQuery,
  Connection,
  ConnectionDifference,
  ConnectionEvent,
  ConnectionEventType,
  ConnectionQuery,
  ConnectionStatus,
  CreatedApiKey,
  HistoryQuery,
  NewApiKey,
  NewConnection,
  NewOrganization,
  Organization,
  OrganizationQuery,
  Past,
  Problem,
  ProblemMeta,
  ProblemSource,
  ShareCheck,
  ShareQuestion,
  TwoPasts,
} from './types.js';
