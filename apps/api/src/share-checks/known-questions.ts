import type { SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { MAXIMUM_CHECKS } from './share-checks.dto';
import { type Questions, questionIn } from './well-formed';

/** Questions that are kept, of all callers together; with the hundred that may come on top, some 6 MB. */
const KEPT = 10_000;
/** Characters of a question that is kept: three times as many as one with ids of the usual length has. */
const LONGEST = 512;

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
    /** What its caller shows of itself. */
    readonly credential: string,
    /** Whether they came in this order before. */
    readonly isKnown: boolean,
  ) {
    this.questions = pieces.map(({ question }) => question);
  }
}

/**
 * What the text of each question was read as. Who asks for many asks the same again and again, and to parse a hundred
 * questions and look at each takes longer than to answer them.
 *
 * A list is cut at every `},{`. Where each piece is the JSON of an object, so is the whole, and means those objects in
 * their order: a cut that lies within a text, or in a second `data`, leaves pieces that are none. They mostly come in the
 * order in which they came before, and to compare a text with the one that is expected takes a tenth of finding it.
 *
 * Each caller has questions of its own: how long one takes to be read would tell others that it was asked.
 */
export class KnownQuestions {
  readonly #byCredential = new Map<string, Map<string, Known>>();
  #kept = 0;

  /** @param credential what the caller shows of itself. Null for a body that is to be parsed, and told what is wrong. */
  in(body: string, credential: string): QuestionsOfText | null {
    if (!body.startsWith(START) || !body.endsWith(END)) return null;
    const known = this.#byCredential.get(credential);
    const pieces: Known[] = [];
    let isKnown = true;
    let last: Known | null = null;
    let at = START.length;
    do {
      let piece: Known | null = last === null ? null : last.next;
      if (piece === null || body.slice(at, at + piece.text.length) !== piece.text) {
        const text = pieceOf(body, at);
        const before = known?.get(text);
        piece = before ?? read(text);
        if (piece === null) return null;
        if (last !== null || before === undefined) isKnown = false;
      }
      pieces.push(piece);
      last = piece;
      at += piece.text.length + 1;
    } while (body.charCodeAt(at - 1) === COMMA && pieces.length < MAXIMUM_CHECKS);
    return at - 1 === body.length - END.length ? new QuestionsOfText(pieces, credential, isKnown) : null;
  }

  /** Once the caller was admitted: of what anybody might send, nothing is kept. */
  keep({ pieces, credential, isKnown }: QuestionsOfText): void {
    if (isKnown) return;
    const known = this.#byCredential.get(credential) ?? new Map<string, Known>();
    const before = known.size;
    // Each is followed by one that is kept as well, so that what is forgotten is not held by what is not.
    pieces.forEach((piece, index) => {
      piece.next = pieces[index + 1] ?? null;
      known.set(piece.text, piece);
    });
    this.#byCredential.set(credential, known);
    this.#kept += known.size - before;
    if (this.#kept > KEPT) this.#forgetAll();
  }

  /** To tell which was asked for last would be work for every question. */
  #forgetAll(): void {
    this.#byCredential.clear();
    this.#kept = 0;
  }
}

/** What reaches from one brace to where another object begins, or the list ends. */
function pieceOf(body: string, at: number): string {
  const end = body.indexOf('},{', at);
  return body.slice(at, end === -1 ? body.length - END.length : end + 1);
}

function read(text: string): Known | null {
  if (text.length > LONGEST) return null;
  try {
    const question = questionIn(JSON.parse(text));
    // A piece of a text would keep all of it.
    return question && { text: Buffer.from(text).toString(), question, next: null };
  } catch {
    return null;
  }
}
