/** What was checked, the outcome, and what to do. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** One line: what was found. */
  readonly details: string;
  /** One line: what to do; null if nothing has to be done. */
  readonly advice: string | null;
}

export type Finding = Omit<Check, 'name'>;

export const ok = (details: string): Finding => ({ status: 'ok', details, advice: null });
export const warning = (details: string, advice: string): Finding => ({ status: 'warning', details, advice });
export const problem = (details: string, advice: string): Finding => ({ status: 'problem', details, advice });

/**
 * Runs a check. If it cannot be carried out, that is a problem by itself, and the other checks go on.
 * @param advice what to do in that case.
 */
export async function check(name: string, look: () => Finding | Promise<Finding>, advice: string): Promise<Check> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    return { name, ...problem(error instanceof Error ? error.message : String(error), advice) };
  }
}
