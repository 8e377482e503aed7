/** A command could not do what it was asked. The message is one line that says what is wrong and what to do. */
export class Failed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
