/** What was looked at, how it stands and what to do. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** One line: what was found. */
  readonly details: string;
  /** One line: what to do; null when there is nothing to be done. */
  readonly advice: string | null;
}

export type Finding = Omit<Check, 'name'>;

export const ok = (details: string): Finding => ({ status: 'ok', details, advice: null });
export const warning = (details: string, advice: string): Finding => ({ status: 'warning', details, advice });
export const problem = (details: string, advice: string): Finding => ({ status: 'problem', details, advice });

/** Runs a check. One that cannot be carried out is a problem by itself, and the others go on. */
export function check(name: string, look: () => Finding): Check {
  try {
    return { name, ...look() };
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return { name, ...problem(details, 'Restore the file from a back-up, or ask for help with this line.') };
  }
}
