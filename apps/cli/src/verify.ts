import { createReadStream } from 'node:fs';
import { type Checkpoint, openCheckpoint, UnknownSigner } from '@connections/audit/checkpoint';
import { scopeText } from '@connections/audit/export/scope';
import { verifyExport, type Whole } from '@connections/audit/export/verify-export';
import type { Finding } from '@connections/audit/export/findings';
import { MalformedNote, type VerifierKey, verifierLine } from '@connections/audit/signed-note';
import { Failed } from './failed';
import { withPath } from './file-problems';
import { notOdd } from './odd-beginnings';
import { counted } from './progress';
import { type Answer, properties } from './terminal';
import type { NamedNote } from './verify-arguments';

export interface VerifyOptions {
  readonly key: readonly VerifierKey[];
  /** A checkpoint that the log has to agree with, and where it was read from. */
  readonly since?: NamedNote;
  readonly checkpoint?: NamedNote;
}

/** Bytes read at once: many, since each read has a fixed cost, but few enough to stay in the processor's cache. */
const CHUNK = 2 ** 18;

/** Verifies an export by itself, without the service or its stores. @param file `-` for standard input. */
export async function verify(file: string, { key, since, checkpoint }: VerifyOptions): Promise<Answer> {
  const witnesses = [since, checkpoint].flatMap((given) => (given ? [opened(given, key)] : []));
  const chunks = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  chunks.on('error', (error: Error) => withPath(error, file === '-' ? 'Standard input' : file));
  const verdict = await verifyExport(notOdd(chunks as AsyncIterable<Uint8Array>), { keys: key, witnesses });
  return 'whole' in verdict ? wholeAnswer(verdict.whole) : brokenAnswer(file, verdict.finding);
}

function wholeAnswer({ frame, events, lines, bytes, signers }: Whole): Answer {
  const scope = scopeText(frame.scope);
  return {
    document: {
      whole: true,
      scope,
      'checkpoint-size': frame.size,
      since: frame.since,
      'signed-at': frame.time,
      events,
      lines,
      bytes,
      signers: signers.map(verifierLine),
    },
    text: properties([
      ['Verdict', 'whole: every byte is proven or signed'],
      ['Log', frame.origin],
      ['Scope', scope],
      ['Events', counted(events)],
      ['Checkpoint', `${counted(frame.size)} events, signed at ${frame.time}`],
      ['Since', frame.since === 0 ? 'the beginning' : `a checkpoint of ${counted(frame.since)} events`],
      ['Signed by', signers.map(({ name, id }) => `${name}+${id}`).join(', ')],
    ]),
  };
}

const brokenAnswer = (file: string, finding: Finding): Answer => ({
  document: { whole: false, finding },
  text: properties([
    ['Verdict', `not whole: ${finding.code}`],
    ['Where', `line ${finding.line} of ${file}`],
    ['Event', finding.event],
    ['Leaf', finding.leaf === null ? null : String(finding.leaf)],
    ['Why', finding.why],
    ['What to do', finding.advice],
  ]),
  failed: true,
});

function opened({ path, note }: NamedNote, keys: readonly VerifierKey[]): Checkpoint {
  try {
    return openCheckpoint(note, keys);
  } catch (error) {
    if (error instanceof UnknownSigner)
      throw new Failed('unknown-key', `${path}: ${error.message} Add its key with --key.`);
    if (error instanceof MalformedNote) {
      const hint = 'Take the checkpoint from where you keep it, once more.';
      throw new Failed('changed', `${path} is no checkpoint that was signed so: ${error.message} ${hint}`);
    }
    throw error;
  }
}
