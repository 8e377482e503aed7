import { connectionIdOfStream } from '@connections/connection/connection-id';
import { UnknownEvent } from '@connections/connection/stored-events';
import type { JsonObject } from '@connections/event-store/event-store';
import { hashOfTexts } from '@connections/event-store/hash-chain';
import type { Predecessor, Stand } from './contents';
import { leafOf } from './event-leaf';
import type { UsualEvent } from './records';
import { canFollow, isDisclosure, namedIn, type Said, saidBy, statusAfter, summaryOf, Untellable } from './telling';

/** Longer than any id or time; anything longer may be left to `verifyContents`. */
const LONGEST = 64;

/**
 * Verifies an event with less work than `verifyContents`, without saying what is wrong with it.
 * @param leafHash the proven hash of its leaf, in base64.
 * @returns what `verifyContents` returns; null for an event that has to be verified by that.
 */
export function usualStand(
  event: UsualEvent,
  predecessor: Predecessor,
  source: string,
  leaf: number,
  leafHash: string | undefined,
): Stand | null {
  const { stream, revision, type, eventId, data, metadata, time, hash, fromStatus } = event;
  if (event.source !== source || !Number.isSafeInteger(revision)) return null;
  if (Math.max(stream.length, eventId.length, time.length) > LONGEST) return null;
  if (hashOfTexts(stream, revision, type, eventId, data, metadata) !== hash || leafOf(hash) !== leafHash) return null;
  if (predecessor === undefined ? revision === 0 : !follows(event, predecessor)) return null;
  const said = saidOf(event);
  if (said === null || !canFollow(said, fromStatus) || !isDisclosure(said, event.disclosed)) return null;
  const status = statusAfter(said, fromStatus);
  if (status !== event.toStatus) return null;
  const [first, second = null, ...more] = namedIn(said);
  if (first !== event.organization || second !== event.other || more.length > 0) return null;
  const nameOf = (id: string): string | null => (id === first ? event.name : event.otherName);
  if (JSON.stringify(summaryOf(said, event.disclosed, nameOf)) !== event.summary) return null;
  return { subject: connectionIdOfStream(stream), revision, hash, status, leaf };
}

const follows = ({ revision, previousHash, fromStatus }: UsualEvent, predecessor: Stand | null): boolean =>
  predecessor === null
    ? revision === 0 && previousHash === null && fromStatus === null
    : revision === predecessor.revision + 1 && previousHash === predecessor.hash && fromStatus === predecessor.status;

/** Most events are steps, which say little. */
function saidOf(event: UsualEvent): Said | null {
  const { type, version, data, actor, time: occurredAt } = event;
  switch (type) {
    case 'ConnectionActivated':
      return version === 1 && data === '{}' ? { event: { type, actor, occurredAt }, commitment: null } : null;
    case 'ConnectionDeactivated':
    case 'ConnectionReturnedToPending': {
      const reason = REASON.exec(data);
      const commitment = reason?.[1] ?? null;
      if (version !== 2 || reason === null) return null;
      return { event: { type, reason: commitment === null ? null : { commitment }, actor, occurredAt }, commitment };
    }
    default:
      return decoded(event);
  }
}

const REASON = new RegExp(String.raw`^\{"reason-commitment":(?:null|"(${'[0-9a-f]'.repeat(64)})")\}$`);

function decoded({ stream, revision, type, eventId, data, version, actor, time }: UsualEvent): Said | null {
  const { type: kind, id, organizationId, role } = actor;
  const metadata = {
    'schema-version': version,
    actor: { type: kind, id, 'organization-id': organizationId, role },
    'occurred-at': time,
  };
  try {
    return saidBy(stream, revision, type, eventId, JSON.parse(data) as JsonObject, metadata);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnknownEvent || error instanceof Untellable) return null;
    throw error;
  }
}
