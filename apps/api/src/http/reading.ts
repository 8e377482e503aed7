/** The version of the database for all requests of one turn of the event loop; possibly an older one. */
export interface Turn {
  /** Null until it is known. */
  version: number | null;
  readonly known: Promise<void>;
}

/** A request whose answer may be remembered. */
export interface Reading {
  /** Asked for before anything was read for this request, except to authenticate it. */
  readonly turn: Turn;
  /** Identifies the caller, the request and the form of the answer. */
  readonly question: string;
  /** Whether the answer depends on nothing else. */
  isKept: boolean;
}
