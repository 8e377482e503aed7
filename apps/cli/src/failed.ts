/** An error as it is reported. Exit code 1: the command failed; 2: it was used wrongly. */
export interface Failure {
  readonly code: string;
  /** One line: what is wrong and what to do. */
  readonly details: string;
  readonly exitCode: 1 | 2;
}

/** A command could not do what it was asked. The message is one line: what is wrong and what to do. */
export class Failed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
