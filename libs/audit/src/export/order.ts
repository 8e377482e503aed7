/** The order of the events in an export: decides what has to come next, and verifies each event. */
export interface Order {
  /** How many events have been verified. */
  readonly events: number;
  /**
   * Verifies the next line. @param line with its line end. @param next returns the line after it; null if there is
   * none. @throws NotWhole
   */
  next(line: string, number: number, next: () => string | null): void;
  /** Verifies that nothing is missing before the last line. @throws NotWhole */
  end(number: number): void;
}
