interface Entry {
  readonly status: number;
  /** When the code is used, in words for people. */
  readonly meaning: string;
}

/** Every error code: published, tested against docs/errors.md, and never changed in meaning. */
export const catalogue = {
  'malformed-body': { status: 400, meaning: 'The body is not JSON in UTF-8, or not `{"data": {"attributes": {…}}}`.' },
  'malformed-request': { status: 400, meaning: 'The request itself is broken: its URL, its length or its framing.' },
  'unknown-attribute': { status: 400, meaning: 'The body holds a member that this call does not know.' },
  'repeated-attribute': { status: 400, meaning: 'The body holds one attribute twice, in two casings.' },
  'unknown-parameter': { status: 400, meaning: 'The query holds a parameter that this call does not know.' },
  'invalid-parameter': { status: 400, meaning: 'A query or path parameter is malformed, or given twice.' },
  'invalid-cursor': { status: 400, meaning: 'A page cursor was not made by this service, or belongs to another list.' },
  'invalid-header': { status: 400, meaning: 'A header has a value that it cannot have.' },
  unauthenticated: {
    status: 401,
    meaning: 'The API key is missing, malformed, unknown, expired or revoked; or the session has ended.',
  },
  'sign-in-refused': {
    status: 401,
    meaning: 'There is nobody with this e-mail address and password: which of the two is wrong is not told.',
  },
  'not-permitted': {
    status: 403,
    meaning: 'The step belongs to the other party, or the credential’s role may not do it.',
  },
  'foreign-organization': {
    status: 403,
    meaning: 'The body or query names an organization that the credential does not speak for.',
  },
  'cross-site': {
    status: 403,
    meaning: 'What a person does, or a sign-in, was sent by the page of another site.',
  },
  'another-person': {
    status: 403,
    meaning: 'Somebody else is signed in than the person that Connect-Person names.',
  },
  'wrong-person': { status: 403, meaning: 'The invitation is for somebody else than the one who is signed in.' },
  'not-found': {
    status: 404,
    meaning: 'There is no such thing, or it is not visible to the caller: the two are not told apart.',
  },
  'unknown-route': { status: 404, meaning: 'There is no such path or method.' },
  'not-then': { status: 404, meaning: 'The connection exists, but not yet at the moment or revision asked for.' },
  'not-acceptable': { status: 406, meaning: 'The Accept header allows neither of the media types that are answered.' },
  'already-connected': {
    status: 409,
    meaning: 'The directed pair has its one connection already; `meta.connection-id` names it.',
  },
  'illegal-transition': {
    status: 409,
    meaning: 'The step does not start from the present status; `meta` says what may be done.',
  },
  'request-in-flight': { status: 409, meaning: 'A request with this Idempotency-Key is still under way.' },
  'already-member': { status: 409, meaning: 'Whoever has this e-mail address belongs to the organization already.' },
  'last-admin': { status: 409, meaning: 'The organization would be left without an admin among its people.' },
  'account-exists': { status: 409, meaning: 'There is a person with this e-mail address already.' },
  'invitation-ended': {
    status: 410,
    meaning: 'The invitation was accepted, was revoked or has expired; `meta.state` says which.',
  },
  'stale-revision': { status: 412, meaning: 'The connection is at another revision than If-Match names.' },
  'body-too-large': { status: 413, meaning: 'The body is larger than 256 KiB.' },
  'unsupported-media-type': {
    status: 415,
    meaning: 'The body is neither application/json nor application/vnd.api+json.',
  },
  'range-not-satisfiable': { status: 416, meaning: 'The Range begins behind the end of the export.' },
  'missing-attribute': { status: 422, meaning: 'A required attribute is missing.' },
  'invalid-attribute': { status: 422, meaning: 'An attribute has the wrong type, form or length.' },
  'wrong-password': { status: 422, meaning: 'The current password is another one, or there is none.' },
  'invalid-name': { status: 422, meaning: 'A connection’s name is empty or longer than 200 characters.' },
  'no-text': { status: 422, meaning: 'Nothing was written with the event, so there is nothing to redact.' },
  'text-in-log': {
    status: 422,
    meaning: 'The text is part of the log itself, as texts once were, and cannot be redacted.',
  },
  'no-scopes': { status: 422, meaning: 'The set of scopes is empty.' },
  'unknown-scope': { status: 422, meaning: 'A scope is not in the catalogue.' },
  'repeated-scope': { status: 422, meaning: 'A scope is named twice.' },
  'self-connection': { status: 422, meaning: 'Source and destination are the same organization.' },
  'unknown-organization': { status: 422, meaning: 'An attribute names an organization that does not exist.' },
  'too-many-to-sort': {
    status: 422,
    meaning: 'There are more than 20,000 connections to be sorted by their names or last changes.',
  },
  'idempotency-mismatch': { status: 422, meaning: 'The Idempotency-Key was used before for another request.' },
  'rate-limited': {
    status: 429,
    meaning: 'The key or person asked for more than it may in this minute, or too many sign-ins have failed.',
  },
  internal: { status: 500, meaning: 'A defect of the service. It is logged under the Request-Id.' },
  unavailable: { status: 503, meaning: 'A part that the service needs cannot serve now.' },
  'not-yet-visible': { status: 503, meaning: 'The read model has not seen the Connect-Position in time.' },
} as const satisfies Record<string, Entry>;

export type ProblemCode = keyof typeof catalogue;
