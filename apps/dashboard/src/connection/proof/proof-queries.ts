import { queryOptions } from '@tanstack/react-query';
import { answered, apiFor } from '../../api/api';
import { isProblem, Problem } from '../../api/problem';
import { questions } from '../../questions';
import { connectionKeys } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';
import type { Subject } from '../history-queries';
import { localMoment } from '../times';
import type { Checkpoint } from './checkpoint';
import { readKey, type VerifierKey } from './signed-note';
import { type InclusionProof, verifyEvent } from './verify-event';

/** The state of an event's proof. */
export type ProofState =
  | { readonly kind: 'proven'; readonly checkpoint: Checkpoint; readonly leafIndex: number }
  /** No signed checkpoint covers the event yet. */
  | { readonly kind: 'pending'; readonly why: string }
  /** It was verified, and is wrong. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It could not be verified. */
  | { readonly kind: 'unknown'; readonly why: string };

export type ProvableEvent = Pick<HistoryEvent, 'revision' | 'hash' | 'occurredAt'>;

/**
 * In milliseconds: how long to wait for a checkpoint before the first check, and the longest wait before later ones.
 */
const FIRST_WAIT = 15_000;
const LONGEST_WAIT = 240_000;

/** Doubled each time, so that a page that nobody watches does not keep asking often. */
const waitAfter = (looks: number): number => Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (looks - 1));

/** The keys that the operator publishes, including retired ones. */
export const keysQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', organizationId, 'audit', 'keys'],
    queryFn: async ({ signal }): Promise<VerifierKey[]> => {
      const keys = await Promise.all((await publishedKeys(organizationId, signal)).map(readKey));
      return keys.filter((key) => key !== null);
    },
    staleTime: 60_000,
  });

/** The lines of these keys, for verifying elsewhere. */
export const keyLines = async (organizationId: string): Promise<string> =>
  (await publishedKeys(organizationId)).map((key) => `${key}\n`).join('');

async function publishedKeys(organizationId: string, signal: AbortSignal | null = null): Promise<string[]> {
  const { data } = await answered(apiFor(organizationId).GET('/api/v1/audit/keys', { signal }));
  return data.map(({ attributes }) => attributes.verifierKey);
}

interface Latest {
  /** How many events it covers. */
  readonly size: number;
  /** ISO-8601 UTC. */
  readonly signedAt: string;
}

/** The size and time of the latest checkpoint; null if none was signed yet. */
export const latestCheckpointQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', organizationId, 'audit', 'latest'],
    queryFn: async ({ signal }): Promise<Latest | null> => {
      const params = { query: { 'page[size]': 1 } };
      const call = apiFor(organizationId).GET('/api/v1/audit/checkpoints', { params, signal });
      return (await answered(call)).data[0]?.attributes ?? null;
    },
  });

/**
 * @param checkpoint the size of the checkpoint to prove it by; null for the latest, or for one signed now if none
 * covers it.
 */
export const proofOf = async (
  { organizationId, connectionId }: Subject,
  revision: number,
  checkpoint: number | null,
  signal?: AbortSignal,
): Promise<InclusionProof> => {
  const call = apiFor(organizationId).GET('/api/v1/connect/connections/{id}/events/{revision}/proof', {
    params: {
      path: { id: connectionId, revision: String(revision) },
      ...(checkpoint !== null && { query: { checkpoint } }),
    },
    ...(signal && { signal }),
  });
  return (await answered(call)).data.attributes;
};

/** Verifies an event here by the latest checkpoint; nothing is signed for it. */
export const eventProofQuery = (subject: Subject, event: ProvableEvent) =>
  queryOptions({
    queryKey: [
      ...connectionKeys.one(subject.organizationId, subject.connectionId),
      'proof',
      event.revision,
      event.hash,
    ],
    queryFn: ({ signal }): Promise<ProofState> => proveByLatest(subject, event, signal),
    // A proven event stays proven; a pending one will be covered later.
    staleTime: ({ state: { data } }) => (data?.kind === 'proven' ? 'static' : 0),
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data?.kind === 'pending' ? waitAfter(dataUpdateCount) : false,
    // A hidden page does not ask; the state is loaded when the person comes back to it.
    refetchIntervalInBackground: false,
    retry: false,
  });

async function proveByLatest(subject: Subject, event: ProvableEvent, signal: AbortSignal): Promise<ProofState> {
  const latest = await questions.query({ ...latestCheckpointQuery(subject.organizationId), staleTime: 1_000 });
  if (latest === null) return { kind: 'pending', why: 'The operator has signed no checkpoint yet.' };
  const notCovered = {
    kind: 'pending',
    why: `The latest checkpoint was signed before it, ${localMoment(latest.signedAt)}.`,
  } as const;
  if (latest.signedAt < event.occurredAt) return notCovered;
  try {
    return await prove(subject, event, latest.size, signal);
  } catch (error) {
    // The latest checkpoint may be older than an event that has just happened.
    if (!isNotCovered(error)) throw error;
    return notCovered;
  }
}

const isNotCovered = (error: unknown): boolean =>
  isProblem(error, 'invalid-parameter') &&
  error.problems.some(
    ({ source }) => source !== undefined && 'parameter' in source && source.parameter === 'checkpoint',
  );

/** Fetches the proof of an event and verifies it here. @param checkpoint see `proofOf`. */
export async function prove(
  subject: Subject,
  event: Pick<ProvableEvent, 'revision' | 'hash'>,
  checkpoint: number | null,
  signal?: AbortSignal,
): Promise<ProofState> {
  const obstacle = whyNotHere();
  if (obstacle !== null) return { kind: 'unknown', why: obstacle };
  try {
    const keys = await questions.query(keysQuery(subject.organizationId));
    const proof = await proofOf(subject, event.revision, checkpoint, signal);
    const verified = await verifyEvent(event.hash, proof, keys);
    return 'why' in verified ? { kind: 'failed', why: verified.why } : { kind: 'proven', ...verified };
  } catch (error) {
    const why = whyUnknown(error);
    if (why === null) throw error;
    return { kind: 'unknown', why };
  }
}

/** Browsers offer WebCrypto only to pages that were loaded securely. */
export const whyNotHere = (): string | null =>
  'subtle' in crypto ? null : 'This browser verifies nothing on a page that came without HTTPS.';

/** Why a proof could not be verified, if that says nothing about the proof; null for all other errors. */
function whyUnknown(error: unknown): string | null {
  if (error instanceof DOMException && error.name === 'NotSupportedError')
    return 'This browser does not know Ed25519, by which the operator signs.';
  return error instanceof Problem && error.status === 503 ? error.message : null;
}
