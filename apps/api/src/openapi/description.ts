import { type Permission, permissions, roles } from '@connections/directory/roles';
import type { Configuration } from '@connections/host/configuration';
import { lifecycleTable } from './lifecycle-table';
import { catalogueTable } from './problem-responses';

/** What holds for every call; the introduction of the document. */
export const descriptionFor = (configuration: Configuration): string =>
  [
    'Two organizations agree to share data. The source creates a connection, the destination activates it; either may deactivate it, and the source may return it to pending. Data may be shared only while it is `active`.',
    '## The lifecycle',
    lifecycleTable(),
    'Everything else is refused, and nothing is written. Whoever is no party to a connection hears 404, as for an id that never existed. The party whose step it is not hears 403, whatever the status.',
    '## Scopes',
    `This service knows the scopes ${listOf(configuration.CONNECT_SCOPES)}. A connection that names none has ${listOf(configuration.CONNECT_DEFAULT_SCOPES)}.`,
    '## Credentials',
    'Send `Authorization: Bearer <key>`. A key that is missing, malformed, unknown, expired or revoked is answered by the same 401.',
    'A person who is signed in is known by a cookie instead, and may do what their role in an organization says; `Connect-Organization` says for which of several they speak, and `Connect-Person` may say who a page takes them for. What changes something is then taken only from pages of this service, as `Sec-Fetch-Site` or `Origin` tell.',
    permissionsTable(),
    '## Bodies',
    'Bodies are `{"data": {"attributes": {…}}}` as `application/json` or `application/vnd.api+json`, in UTF-8, at most 256 KiB, and are answered in kind. Their keys may be written in kebab-case, camelCase or snake_case, query parameters likewise; this document names them in kebab-case. Answers are in kebab-case, or as `Key-Inflection` asks. An attribute or query parameter that is not named here is refused, never ignored. `HEAD` answers whatever `GET` does, without the body.',
    'Names and reasons may be in any script, with emoji. They hold no control characters (a reason may have tabs and line feeds) and none of U+061C, U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069, which turn the direction of the text around them, nor U+2028 and U+2029, which break the line, nor tag characters (U+E0000 to U+E0FFF but for variation selectors), which nobody sees, except in the emoji of a flag; and a name has a character that can be seen. What was written before this was so is answered as it was written.',
    '## Retries',
    'Every POST with which a credential of an organization or of the platform changes something takes an `Idempotency-Key`: the same request with the same key takes effect once, and its first answer (2xx or 4xx, but not 401 or 429) is repeated for at least 24 hours with `Idempotent-Replayed: true`. Another request with that key is 422; while the first is still under way, a retry is 409.',
    '## Concurrency and freshness',
    'A single connection carries its revision as `ETag`. A step with `If-Match` is taken only at that revision, and is 412 otherwise; without it, a lost race is decided anew. What you wrote you can read: send the `Connect-Position` of an answer with a read, and it shows at least that, or is 503.',
    '## Lists',
    'Lists come in pages of `page[size]` with relative links to the pages beside them. Cursors are opaque.',
    '## Limits',
    `Each API key, and each person, may ask ${configuration.RATE_LIMIT_PER_MINUTE} times a minute. \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` tell where it stands; above it the answer is 429 with \`Retry-After\`.`,
    '## Errors',
    'Every error is `{"errors": [{"status", "code", "title", "details", "source"?, "meta"?}]}`, and names everything that was wrong at once. Where problems of several statuses meet, the answer has the lowest. Branch on `code`:',
    catalogueTable(),
  ].join('\n\n');

const listOf = (scopes: readonly string[]): string => scopes.map((scope) => `\`${scope}\``).join(', ');

const permissionsTable = (): string =>
  [
    `| may | ${roles.map((role) => `\`${role}\``).join(' | ')} |`,
    `|---|${roles.map(() => '---').join('|')}|`,
    ...(Object.keys(permissions) as Permission[]).map(
      (permission) =>
        `| ${permission} | ${roles.map((role) => (permissions[permission].includes(role) ? 'yes' : '–')).join(' | ')} |`,
    ),
  ].join('\n');
