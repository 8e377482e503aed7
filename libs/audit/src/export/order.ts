/** The order of the events in an export, which says what has to come next and proves each of them. */
export interface Order {
  /** How many events have been verified. */
  readonly events: number;
  /** Verifies the next line. @param line with its end. @param next the line behind it; null where there is none. @throws NotWhole */
  next(line: string, number: number, next: () => string | null): void;
  /** Verifies that nothing is missing before the last line. @throws NotWhole */
  end(number: number): void;
}
