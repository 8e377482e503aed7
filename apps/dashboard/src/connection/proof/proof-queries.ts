import { queryOptions } from '@tanstack/react-query';
import { answered, apiFor } from '../../api/api';
import { isProblem, Problem } from '../../api/problem';
import { questions } from '../../questions';
import { connectionKeys } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';
import type { Subject } from '../history-queries';
import type { Checkpoint } from './checkpoint';
import { readKey, type VerifierKey } from './signed-note';
import { type InclusionProof, verifyEvent } from './verify-event';

/** What is known of an event's proof. */
export type ProofState =
  | { readonly kind: 'proven'; readonly checkpoint: Checkpoint; readonly leafIndex: number }
  /** No checkpoint that was signed covers it yet. */
  | { readonly kind: 'pending'; readonly why: string }
  /** It was looked at, and it is wrong. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It could not be looked at. */
  | { readonly kind: 'unknown'; readonly why: string };

/** How long to wait for the next checkpoint, in milliseconds. */
const PATIENCE = 15_000;

/** The keys that the operator publishes, those that sign no more among them. */
export const keysQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', organizationId, 'audit', 'keys'],
    queryFn: async ({ signal }): Promise<VerifierKey[]> => {
      const { data } = await answered(apiFor(organizationId).GET('/api/v1/audit/keys', { signal }));
      const keys = await Promise.all(data.map(({ attributes }) => readKey(attributes.verifierKey)));
      return keys.filter((key) => key !== null);
    },
    staleTime: 60_000,
  });

/** The lines of these keys, for whoever verifies elsewhere. */
export const keyLines = async (organizationId: string): Promise<string> => {
  const { data } = await answered(apiFor(organizationId).GET('/api/v1/audit/keys'));
  return data.map(({ attributes }) => `${attributes.verifierKey}\n`).join('');
};

/** How many events the latest checkpoint covers; null where none was signed yet. */
export const latestSizeQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', organizationId, 'audit', 'latest-size'],
    queryFn: async ({ signal }): Promise<number | null> => {
      try {
        const call = apiFor(organizationId).GET('/api/v1/audit/checkpoints/latest', { signal });
        return (await answered(call)).data.attributes.size;
      } catch (error) {
        if (isProblem(error, 'not-found')) return null;
        throw error;
      }
    },
  });

/** @param checkpoint the size of the one to prove it by; null for one that is signed now, where none covers it yet. */
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

/** Verifies an event here, by the latest checkpoint; nothing is signed for it. */
export const eventProofQuery = (subject: Subject, event: Pick<HistoryEvent, 'revision' | 'hash'>) =>
  queryOptions({
    queryKey: [
      ...connectionKeys.one(subject.organizationId, subject.connectionId),
      'proof',
      event.revision,
      event.hash,
    ],
    queryFn: ({ signal }): Promise<ProofState> => proveByLatest(subject, event, signal),
    // What is proven stays so; what is not covered yet will be.
    staleTime: ({ state: { data } }) => (data?.kind === 'proven' ? 'static' : 0),
    refetchInterval: ({ state: { data } }) => (data?.kind === 'pending' ? PATIENCE : false),
    retry: false,
  });

async function proveByLatest(
  subject: Subject,
  event: Pick<HistoryEvent, 'revision' | 'hash'>,
  signal: AbortSignal,
): Promise<ProofState> {
  const size = await questions.query({ ...latestSizeQuery(subject.organizationId), staleTime: 1_000 });
  if (size === null) return { kind: 'pending', why: 'The operator has signed no checkpoint yet.' };
  try {
    return await prove(subject, event, size, signal);
  } catch (error) {
    if (!isNotCovered(error)) throw error;
    return { kind: 'pending', why: `The latest checkpoint, of ${size.toLocaleString()} events, does not cover it.` };
  }
}

const isNotCovered = (error: unknown): boolean =>
  isProblem(error, 'invalid-parameter') &&
  error.problems.some(
    ({ source }) => source !== undefined && 'parameter' in source && source.parameter === 'checkpoint',
  );

/** Fetches the proof of an event and verifies it here. @param checkpoint see `proofOf` */
export async function prove(
  subject: Subject,
  event: Pick<HistoryEvent, 'revision' | 'hash'>,
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

/** Browsers give their cryptography only to pages that nobody could have changed on the way. */
export const whyNotHere = (): string | null =>
  'subtle' in crypto ? null : 'This browser verifies nothing on a page that came without HTTPS.';

/** Why somebody could not look, where that is nobody's mistake; null for everything else. */
function whyUnknown(error: unknown): string | null {
  if (error instanceof DOMException && error.name === 'NotSupportedError')
    return 'This browser does not know Ed25519, by which the operator signs.';
  return error instanceof Problem && error.status === 503 ? error.message : null;
}
