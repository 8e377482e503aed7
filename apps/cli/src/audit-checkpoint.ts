import type { Answer } from './terminal';
import { withAudit } from './with-audit';

/** A checkpoint of everything that is in the log now. */
export async function signCheckpoint(): Promise<Answer> {
  const { origin, size, root, signedAt, note } = await withAudit(({ checkpoints }) => checkpoints.coveringNow());
  const attributes = { origin, size, root: root.toString('base64'), 'signed-at': signedAt, note };
  return {
    document: { data: { type: 'audit/checkpoints', id: String(size), attributes } },
    // The note itself ends with a line feed, which `show` adds again.
    text: note.slice(0, -1),
  };
}
