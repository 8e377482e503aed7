import { hash } from 'node:crypto';
import type { SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { MAXIMUM_CHECKS } from './share-checks.dto';
import { type Questions, questionIn } from './well-formed';

/** Questions that are kept, of all callers together: 5 MB with ids of the usual length, and 20 at the most. */
const KEPT = 10_000;
/** Characters of a question that is kept: three times as many as one with ids of the usual length has. */
const LONGEST = 512;
/**
 * How long nothing more is kept once there are so many, in milliseconds; then all are forgotten. To keep a question costs
 * several times what it takes to read it, and is worth it only where it is asked again before it is forgotten.
 */
const FORGET_AFTER = 60_000;

const [START, END] = ['{"data":[', ']}'];
const COMMA = ','.charCodeAt(0);

interface Known {
  readonly text: string;
  readonly question: SharingQuestion;
  /** The one that followed it in the list that it was last in. */
  next: Known | null;
}

/** The questions of a list that was read piece by piece. */
export class QuestionsOfText implements Questions {
  readonly isList = true;
  readonly questions: readonly SharingQuestion[];

  constructor(
    readonly pieces: readonly Known[],
    /** Stands for what its caller shows of itself. */
    readonly caller: string,
    /** Whether each of them followed the one before it already. */
    readonly isKnown: boolean,
  ) {
    this.questions = pieces.map(({ question }) => question);
  }
}

/**
 * What the text of each question was read as. Who asks for many asks the same again and again, and to parse a hundred
 * questions and look at each takes longer than to answer them.
 *
 * A list is cut where a question ends that is expected there, or else before the next `,{`. Where each piece is the JSON of
 * an object, so is the whole, and means those objects in their order: a cut that lies within a text, or in a second `data`,
 * leaves pieces that are none. They mostly come in the order in which they came before, and to compare a text with the one
 * that is expected takes a tenth of finding it.
 *
 * Each caller has questions of its own: how long one takes to be read would tell others that it was asked.
 */
export class KnownQuestions {
  /** By a hash: nobody's credential is kept. */
  readonly #ofCaller = new Map<string, Map<string, Known>>();
  #kept = 0;
  /** Since when there is no more room, while there is none. */
  #fullSince = 0;

  /** @param now by a clock that only goes forwards, in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param credential what the caller shows of itself. Null for a body that is to be parsed, and told what is wrong. */
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

  /** Once the caller was admitted: of what anybody might send, nothing is kept. */
  keep({ pieces, caller, isKnown }: QuestionsOfText): void {
    if (isKnown || this.#isFull) return;
    const known = this.#ofCaller.get(caller) ?? new Map<string, Known>();
    const before = known.size;
    // A text is kept once, however often it was read, and followed by what is kept as well: nothing else is held by it.
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

  /** Null for what is no question, and for one that could not be kept. */
  #read(text: string): Known | null {
    if (text.length > LONGEST || this.#isFull) return null;
    try {
      const question = questionIn(JSON.parse(text));
      // A piece of a text would keep all of it.
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

/** What reaches from one brace to where another object begins, or the list ends. */
function pieceOf(body: string, at: number): string {
  const end = body.indexOf('},{', at);
  return body.slice(at, end === -1 ? body.length - END.length : end + 1);
}
