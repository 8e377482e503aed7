/** How many questions are told apart, a power of two. */
const PLACES = 2 ** 15;

/**
 * Tells questions that come again from those that never do, of which nothing should be kept. It knows each by a number
 * alone, and forgets it when another takes its place; so it may take one question for another, and costs 128 KiB at most.
 */
export class AskedBefore {
  readonly #places = new Uint32Array(PLACES);

  /** Whether it was asked before, as far as that is known; from now on it was. */
  add(question: string): boolean {
    const number = numberOf(question);
    const place = number % PLACES;
    if (this.#places[place] === number) return true;
    this.#places[place] = number;
    return false;
  }
}

/** FNV-1a, of 32 bits. */
function numberOf(text: string): number {
  let number = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    number = Math.imul(number ^ text.charCodeAt(index), 0x01000193);
  }
  return number >>> 0;
}
