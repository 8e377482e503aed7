/** The version of the database that all see who ask in one turn of the event loop, or an older one. */
export interface Turn {
  /** Null until it is known. */
  version: number | null;
  readonly known: Promise<void>;
}

/** A request whose answer may be remembered. */
export interface Reading {
  /** Asked for before anything was read for this one, but for who asks. */
  readonly turn: Turn;
  /** Who asks for what, in which form. */
  readonly question: string;
  /** Whether the answer is one that depends on nothing else. */
  isKept: boolean;
}
