import { hash } from 'node:crypto';
import type { SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { MAXIMUM_CHECKS } from './share-checks.dto';
import { type Questions, questionIn } from './well-formed';

/** The most questions that are kept, for all callers together: 5 MB with ids of the usual length, and 20 MB at most. */
const KEPT = 10_000;
/** The most characters of a question that is kept: three times as many as one with ids of the usual length has. */
const LONGEST = 512;
/**
 * How long nothing more is kept once it is full, in milliseconds; then all questions are dropped. Keeping a question
 * costs several times as much as reading it, and pays only if it is asked again before it is dropped.
 */
const FORGET_AFTER = 60_000;

const [START, END] = ['{"data":[', ']}'];
const COMMA = ','.charCodeAt(0);

interface Known {
  readonly text: string;
  readonly question: SharingQuestion;
  /** The question that followed it in the last list that contained it. */
  next: Known | null;
}

/** The questions of a list that was read piece by piece. */
export class QuestionsOfText implements Questions {
  readonly isList = true;
  readonly questions: readonly SharingQuestion[];

  constructor(
    readonly pieces: readonly Known[],
    /** A hash of the caller's credential. */
    readonly caller: string,
    /** Whether each question already followed the one before it in an earlier list. */
    readonly isKnown: boolean,
  ) {
    this.questions = pieces.map(({ question }) => question);
  }
}

/**
 * Maps the text of each question to its parsed form. Callers with many questions ask the same ones again and again, and
 * parsing and checking a hundred takes longer than answering them.
 *
 * A list is cut at the end of the question that is expected there, or else before the next `,{`. If each piece is the
 * JSON of an object, the whole is a list of those objects in that order: a cut within a string, or within a second
 * `data`, leaves pieces that are no JSON. Questions mostly come in the same order as before, and comparing with the
 * expected text takes a tenth of looking it up.
 *
 * Each caller has a cache of its own: with a shared one, the time that a question takes would reveal that others asked
 * it.
 */
export class KnownQuestions {
  /** By a hash of the credential, so that no credential is kept. */
  readonly #ofCaller = new Map<string, Map<string, Known>>();
  #kept = 0;
  /** When it became full. */
  #fullSince = 0;

  /** @param now a monotonic clock, in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * @param credential of the caller. Null for a body that has to be parsed as a whole, for example to report what is
   * wrong.
   */
  in(body: string, credential: string): QuestionsOfText | null {
    if (!body.startsWith(START) || !body.endsWith(END)) return null;
    if (this.#isFull && this.now() - this.#fullSince > FORGET_AFTER) this.#forgetAll();
    const caller = hash('sha256', credential);
    const known = this.#ofCaller.get(caller);
    const pieces: Known[] = [];
    let isKnown = true;
    let last: Known | null = null;
    let at = START.length;
    do {
      let piece: Known | null = last === null ? null : last.next;
      if (piece === null || body.slice(at, at + piece.text.length) !== piece.text) {
        const text = pieceOf(body, at);
        const before = text.length > LONGEST ? undefined : known?.get(text);
        piece = before ?? this.#read(text);
        if (piece === null) return null;
        if (last !== null || before === undefined) isKnown = false;
      }
      pieces.push(piece);
      last = piece;
      at += piece.text.length + 1;
    } while (body.charCodeAt(at - 1) === COMMA && pieces.length < MAXIMUM_CHECKS);
    return at - 1 === body.length - END.length ? new QuestionsOfText(pieces, caller, isKnown) : null;
  }

  /** To be called once the caller was admitted: nothing is kept for callers who are not. */
  keep({ pieces, caller, isKnown }: QuestionsOfText): void {
    if (isKnown || this.#isFull) return;
    const known = this.#ofCaller.get(caller) ?? new Map<string, Known>();
    const before = known.size;
    // Each text is kept once, however often it was read, and points to kept questions only: nothing else is retained.
    const kept = pieces.map((piece) => {
      const own = known.get(piece.text) ?? piece;
      known.set(piece.text, own);
      return own;
    });
    kept.forEach((piece, index) => (piece.next = kept[index + 1] ?? null));
    this.#ofCaller.set(caller, known);
    this.#kept += known.size - before;
    if (this.#kept >= KEPT) this.#fullSince = this.now();
  }

  get #isFull(): boolean {
    return this.#kept >= KEPT;
  }

  /** Null if the text is no question, or one that could not be kept. */
  #read(text: string): Known | null {
    if (text.length > LONGEST || this.#isFull) return null;
    try {
      const question = questionIn(JSON.parse(text));
      // A slice would keep the whole body in memory.
      return question && { text: Buffer.from(text).toString(), question, next: null };
    } catch {
      return null;
    }
  }

  #forgetAll(): void {
    this.#ofCaller.clear();
    this.#kept = 0;
  }
}

/** The text from one brace to where another object begins, or the list ends. */
function pieceOf(body: string, at: number): string {
  const end = body.indexOf('},{', at);
  return body.slice(at, end === -1 ? body.length - END.length : end + 1);
}
