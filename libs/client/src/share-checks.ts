import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';
import type { Problem, ShareCheck, ShareQuestion } from './types.js';

/** A question that could not be answered, among others that could. */
export interface UnansweredCheck {
  readonly errors: readonly Problem[];
}

/** A question about now. */
type PresentQuestion = Omit<ShareQuestion, 'asOf' | 'revision'>;

const PATH = 'connect/share-checks';

/** How many questions the service answers in one call. */
const AT_ONCE = 100;

/** Asks whether data may be shared. Answers are not cached: a yes is outdated the moment the other party says no. */
export class ShareChecks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Whether all of the scopes may be shared now. Ask before every share, and share nothing if this throws.
   * @throws ConnectionsError when there is no answer, which means neither yes nor no.
   */
  async mayShare(question: PresentQuestion, options: CallOptions = {}): Promise<boolean> {
    // Untyped callers might pass a question about the past.
    const { sourceOrganizationId, destinationOrganizationId, scopes } = question;
    const { attributes } = await this.check({ sourceOrganizationId, destinationOrganizationId, scopes }, options);
    // Whatever the response contains, only `true` is a yes.
    return (attributes.allowed as unknown) === true;
  }

  /** The answer with its reason, the event behind it, and who may change it by which step. */
  async check(question: ShareQuestion, options: CallOptions = {}): Promise<ShareCheck> {
    const { data } = await this.#transport.ask(PATH, { attributes: question }, options);
    return data as ShareCheck;
  }

  /**
   * The answers to many questions, in order; a question that cannot be answered has `errors` instead. They are sent in
   * calls of a hundred, each with its own time limit.
   */
  async checkAll(
    questions: readonly ShareQuestion[],
    options: CallOptions = {},
  ): Promise<(ShareCheck | UnansweredCheck)[]> {
    const answers: (ShareCheck | UnansweredCheck)[] = [];
    for (let asked = 0; asked < questions.length; asked += AT_ONCE) {
      const some = questions.slice(asked, asked + AT_ONCE).map((attributes) => ({ attributes }));
      const { data } = await this.#transport.ask(PATH, some, options);
      answers.push(...(data as (ShareCheck | UnansweredCheck)[]));
    }
    return answers;
  }
}
