import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { whyUnknown } from '../checkpoint';
import { MalformedNote, signersOf, type SignedNote, type VerifierKey } from '../signed-note';
import { type Beginning, type Expectations, openBeginning } from './beginning';
import { ConnectionOrder } from './connection-order';
import { csv } from './csv';
import { type Finding, finding, NotWhole } from './findings';
import { endedLine, endedText, readEnded } from './framing';
import { LogOrder } from './log-order';
import { ndjson } from './ndjson';
import type { Order } from './order';
import type { ExportFormat, Frame } from './records';

/** The outcome of verifying an export that is whole. */
export interface Whole {
  readonly frame: Frame;
  readonly events: number;
  readonly lines: number;
  readonly bytes: number;
  /** The known keys that have signed it. */
  readonly signers: readonly VerifierKey[];
}

export type Verdict = { readonly whole: Whole } | { readonly finding: Finding };

const LINE_FEED = 10;
/**
 * In bytes, with its line end. No line of an export comes near this, and parsing one takes many times as much memory.
 */
const LONGEST_LINE = 2 ** 20;

/**
 * Verifies an export by itself, without the service: every byte of it is proven or signed. Stops at the first thing
 * that is wrong. Its memory does not grow with the export.
 * @param chunks the bytes of the file.
 * @param onBytes is told now and then how many bytes have been verified.
 */
export async function verifyExport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  expected: Expectations,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Verdict> {
  const verification = new Verification(expected);
  try {
    // The last line is held back: it is the signature over everything before it.
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      // Copies little: the rest held back, and at most enough to complete its line.
      if (lastLineIn(bytes) === 0) {
        rest = verification.allButLast(Buffer.concat([rest, bytes]));
      } else {
        const firstEnd = bytes.indexOf(LINE_FEED) + 1;
        verification.lines(Buffer.concat([rest, bytes.subarray(0, firstEnd)]), bytes.subarray(firstEnd));
        rest = verification.allButLast(bytes.subarray(firstEnd));
      }
      verification.requireShort(rest);
      onBytes(verification.bytes);
    }
    return { whole: verification.end(rest) };
  } catch (error) {
    if (error instanceof NotWhole) return { finding: error.finding };
    throw error;
  }
}

class Verification {
  readonly #digest = createHash('sha256');
  #format: ExportFormat | null = null;
  #beginning: Beginning | null = null;
  #order: Order | null = null;
  /** The number of the last line that was looked at. */
  #number = 0;
  #bytes = 0;

  constructor(private readonly expected: Expectations) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Verifies all whole lines but the last. @returns the remaining bytes, which begin with that line. */
  allButLast(bytes: Buffer): Buffer {
    const kept = lastLineIn(bytes);
    const rest = bytes.subarray(kept);
    if (kept > 0) this.lines(bytes.subarray(0, kept), rest);
    return rest;
  }

  /**
   * @param bytes whole lines, none of them the last of the export. @param behind the bytes that follow, as far as they
   * were read.
   */
  lines(bytes: Buffer, behind: Buffer): void {
    this.#digest.update(bytes);
    this.#bytes += bytes.length;
    const [isLatin, isText] = [isAscii(bytes), isUtf8(bytes)];
    // Decoded line by line: a string of many lines is so large that it costs several times as much.
    for (let begin = 0; begin < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, begin) + 1;
      this.#requireShort(end - begin, this.#number + 1);
      const line = isText
        ? bytes.toString(isLatin ? 'latin1' : 'utf8', begin, end)
        : textOf(bytes.subarray(begin, end));
      this.#line(line, () => firstLineOf(end < bytes.length ? bytes.subarray(end) : behind));
      begin = end;
    }
  }

  #line(line: string, next: () => string | null): void {
    this.#number += 1;
    if (this.#format === null) {
      this.#format = line === csv.head ? csv : ndjson;
      if (this.#format === csv) return;
    }
    if (this.#order === null) {
      this.#beginning = openBeginning(line, this.#number, this.#format, this.expected);
      const { frame, checkpoint, pending } = this.#beginning;
      this.#order =
        frame.scope.kind === 'everything'
          ? new LogOrder(this.#format, frame, checkpoint, pending)
          : new ConnectionOrder(this.#format, frame, checkpoint);
      return;
    }
    try {
      this.#order.next(line, this.#number, next);
    } catch (error) {
      if (!(error instanceof NotWhole) || !this.#isEnd(line) || next() === null) throw error;
      throw finding(
        'inserted',
        { line: this.#number + 1 },
        `Line ${this.#number + 1} stands behind the end of the export.`,
      );
    }
  }

  /** Whether a line is a complete last record, and not only the first part of one that was broken in two. */
  #isEnd(line: string): boolean {
    const json = this.#format?.readFraming('ended', line) ?? null;
    if (json === null || this.#format === null || this.#beginning === null) return false;
    try {
      const ended = readEnded(json);
      return ended !== null && endedLine(this.#format, this.#beginning.frame, ended.note) === line;
    } catch (error) {
      if (error instanceof MalformedNote) return false;
      throw error;
    }
  }

  /** @param rest the last line, and any bytes after it that are no line. */
  requireShort(rest: Buffer): void {
    const feed = rest.indexOf(LINE_FEED) + 1;
    this.#requireShort(feed, this.#number + 1);
    this.#requireShort(rest.length - feed, this.#number + (feed === 0 ? 1 : 2));
  }

  #requireShort(length: number, line: number): void {
    if (length <= LONGEST_LINE) return;
    throw finding('changed', { line }, `Line ${line} is longer than any line of an export.`);
  }

  /** @param rest the last line, and any bytes after it that are no line. */
  end(rest: Buffer): Whole {
    const feed = rest.indexOf(LINE_FEED) + 1;
    const line = textOf(rest.subarray(0, feed));
    const number = this.#number + 1;
    const ended = this.#format?.readFraming('ended', line) ?? null;
    if (ended === null && feed > 0) this.#line(line, () => null);
    if (
      ended === null ||
      feed < rest.length ||
      this.#format === null ||
      this.#order === null ||
      this.#beginning === null
    ) {
      throw finding('truncated', { line: this.#number + (feed < rest.length ? 1 : 0) }, TRUNCATED);
    }
    const { frame, signers } = this.#beginning;
    const changed = (why: string): NotWhole => finding('changed', { line: number }, why);
    const { note, signed } = noteIn(ended, changed);
    const signedBy = this.#signersOf(signed, signers, number);
    this.#order.end(number);
    const { events } = this.#order;
    const text = endedText(frame, events, this.#digest.digest('hex'));
    if (signed.text !== text) throw this.#differs(signed.text, text, events, number);
    if (endedLine(this.#format, frame, note) !== line)
      throw changed('The end of the export is not written as it has to be.');
    return { frame, events, lines: number, bytes: this.#bytes + rest.length, signers: signedBy };
  }

  /** The known keys among the signers. The signers have to be exactly those that the export states, in that order. */
  #signersOf(signed: SignedNote, stated: readonly VerifierKey[], number: number): VerifierKey[] {
    const { keys } = this.expected;
    const { origin } = (this.#beginning as Beginning).frame;
    const changed = (why: string): NotWhole => finding('changed', { line: number }, why);
    try {
      const known = signersOf(signed, keys).filter(({ name }) => name === origin);
      if (known.length === 0) {
        const signers = signed.signatures.map(({ name, id }) => `${name}+${id}`).join(' and ');
        const why = `The end of the export is signed by ${signers}, and ${whyUnknown(origin, keys)}.`;
        throw finding('unknown-key', { line: number }, why);
      }
      const all = signersOf(signed, stated);
      if (
        all.length !== signed.signatures.length ||
        all.length !== stated.length ||
        all.some((key, at) => key !== stated[at])
      ) {
        throw changed('The export is not signed by exactly the keys that it states.');
      }
      return known;
    } catch (error) {
      if (error instanceof MalformedNote)
        throw changed(`The end of the export is not what was signed: ${error.message}`);
      throw error;
    }
  }

  #differs(signed: string, expected: string, events: number, number: number): NotWhole {
    const [ofSigned, ofExpected] = [signed, expected].map((text) => text.split('\n').slice(0, 3).join());
    if (ofSigned !== ofExpected)
      return finding('changed', { line: number }, 'The end of the export was signed for another export.');
    const count = Number(signed.split('\n')[3]);
    if (count > events) {
      const why = `${count} events were signed, and ${events} are here: ${count - events} are missing at the end of their connections.`;
      return finding('removed', { line: number }, why);
    }
    if (count < events) {
      const why = `${count} events were signed, and ${events} are here: ${events - count} too many, of what was not exported.`;
      return finding('inserted', { line: number }, why);
    }
    const { frame } = this.#beginning as Beginning;
    const mayBeForeign = frame.scope.kind === 'organization' && frame.since > 0;
    const why =
      'Every event is proven, but the file is not the one that was signed: a name of an organization, or a text that is ' +
      `said to be redacted, is not what it was${mayBeForeign ? FOREIGN : ''}.`;
    return finding('changed', { line: number }, why);
  }
}

/** When a connection began before the export, no line tells whose event this is. */
const FOREIGN = ', or an event of another connection stands here in the place of one that is missing';

const TRUNCATED = 'The export ends without the line that ends one.';

function noteIn(json: string, changed: (why: string) => NotWhole): { note: string; signed: SignedNote } {
  try {
    const ended = readEnded(json);
    if (ended !== null) return ended;
  } catch (error) {
    if (!(error instanceof MalformedNote)) throw error;
  }
  throw changed('The end of the export is no signed note.');
}

/** The offset of the last whole line; 0 if there are fewer than two. */
function lastLineIn(bytes: Buffer): number {
  const lastFeed = bytes.lastIndexOf(LINE_FEED);
  return lastFeed <= 0 ? 0 : bytes.lastIndexOf(LINE_FEED, lastFeed - 1) + 1;
}

/** Bytes that are not UTF-8 keep their readable part, for a name, but become a line that no export has. */
const textOf = (line: Buffer): string => (isUtf8(line) ? line.toString() : `${line.toString()}\u0000`);

function firstLineOf(bytes: Buffer): string | null {
  const end = bytes.indexOf(LINE_FEED) + 1;
  return end === 0 ? null : bytes.toString('utf8', 0, end);
}
