import { type ApiProblem, inWords } from './in-words';

/** A call that failed: refused by the API, or never answered. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    message: string,
    /** A code of the API's catalogue, or `unreachable` if there was no answer. */
    readonly code: string,
    /** The status of the answer; 0 if there was none. */
    readonly status: number,
    /** Everything that was wrong, with details for people. */
    readonly problems: readonly ApiProblem[] = [],
    /** The id to quote when asking for help. */
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Everything that was wrong with anything but these attributes. */
  elsewhere(attributes: readonly string[]): readonly ApiProblem[] {
    return this.problems.filter((problem) => !attributes.includes(attributeOf(problem) ?? ''));
  }
}

/** What is wrong with one attribute, in camel case, for the field that it was typed into; null when nothing is. */
export const problemAt = (error: Error | null, attribute: string): string | null =>
  error instanceof Problem
    ? (error.problems.find((problem) => attributeOf(problem) === attribute)?.details ?? null)
    : null;

/** The attribute that a problem is about, in camel case: pointers have the casing of what was sent, or the API's own. */
function attributeOf({ source }: ApiProblem): string | null {
  if (source === undefined || !('pointer' in source)) return null;
  const [, attribute] = /^\/data\/attributes\/([^/]+)/.exec(source.pointer) ?? [];
  return attribute?.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) ?? null;
}

/** The problem that an answer other than 2xx describes. */
export function problemOf(answer: Response, body: unknown): Problem {
  const told = (body as { errors?: ApiProblem[] } | undefined)?.errors ?? [];
  const problems = told.map((problem) => ({ ...problem, details: inWords(problem) }));
  const [first] = problems;
  return new Problem(
    first?.details ?? `The service answered ${answer.status} ${answer.statusText}.`,
    first?.code ?? 'unexpected-answer',
    answer.status,
    problems,
    answer.headers.get('request-id'),
  );
}

export const unreachable = (cause: unknown): Problem =>
  Object.assign(
    new Problem('The service cannot be reached. Check your connection; then try again.', 'unreachable', 0),
    {
      cause,
    },
  );

export const isProblem = (error: unknown, code: string): error is Problem =>
  error instanceof Problem && error.code === code;
