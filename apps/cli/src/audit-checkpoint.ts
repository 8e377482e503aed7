import type { Answer } from './terminal';
import { withAudit } from './with-audit';

/** A checkpoint of everything that is in the log now. */
export async function signCheckpoint(): Promise<Answer> {
  const { origin, size, root, signedAt, note } = await withAudit(({ checkpoints }) => checkpoints.coveringNow());
  const attributes = { origin, size, root: root.toString('base64'), 'signed-at': signedAt, note };
  return {
    document: { data: { type: 'audit/checkpoints', id: String(size), attributes } },
    // The note ends with a line feed by itself, and has to be given as it is.
    text: note.slice(0, -1),
  };
}
