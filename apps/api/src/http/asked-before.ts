/** The number of slots, a power of two. */
const PLACES = 2 ** 15;

/**
 * Tells repeated questions from one-off ones, which are not worth remembering. It keeps only a hash of each, in a slot
 * that another question may take over; so it may mistake one question for another, and needs 128 KiB at most.
 */
export class AskedBefore {
  readonly #places = new Uint32Array(PLACES);

  /** Whether the question was probably asked before; remembers it. */
  add(question: string): boolean {
    const number = numberOf(question);
    const place = number % PLACES;
    if (this.#places[place] === number) return true;
    this.#places[place] = number;
    return false;
  }
}

/** The 32-bit FNV-1a hash. */
function numberOf(text: string): number {
  let number = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    number = Math.imul(number ^ text.charCodeAt(index), 0x01000193);
  }
  return number >>> 0;
}
