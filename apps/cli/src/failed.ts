/** What went wrong, as it is told. Exit code 1: it failed; 2: it was called wrongly. */
export interface Failure {
  readonly code: string;
  /** One line that says what is wrong and what to do. */
  readonly details: string;
  readonly exitCode: 1 | 2;
}

/** A command could not do what it was asked. The message is one line that says what is wrong and what to do. */
export class Failed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
