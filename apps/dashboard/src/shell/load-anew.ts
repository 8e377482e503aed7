/**
 * Loads the whole page anew, once it is sure that somebody answers: the browser's own page of errors would take the place
 * of everything, with no way on.
 */
export const loadAnew = (): void =>
  void fetch('/livez').then(
    () => window.location.reload(),
    () => undefined,
  );
