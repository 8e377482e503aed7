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

/** How many the service answers at once. */
const AT_ONCE = 100;

/** May this be shared? Nothing here is remembered: a yes is out of date the moment the other party says no. */
export class ShareChecks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Whether all of it may be shared now. To be asked before every share; whoever cannot be told shares nothing.
   * @throws ConnectionsError when there is no answer, which is neither yes nor no.
   */
  async mayShare(question: PresentQuestion, options: CallOptions = {}): Promise<boolean> {
    // Types keep nobody from handing over a question about the past.
    const { sourceOrganizationId, destinationOrganizationId, scopes } = question;
    const { attributes } = await this.check({ sourceOrganizationId, destinationOrganizationId, scopes }, options);
    // Whatever answered, nothing but a yes is one.
    return (attributes.allowed as unknown) === true;
  }

  /** The answer with its reason, the event that decided it, and who may change it by which step. */
  async check(question: ShareQuestion, options: CallOptions = {}): Promise<ShareCheck> {
    const { data } = await this.#transport.ask(PATH, { attributes: question }, options);
    return data as ShareCheck;
  }

  /**
   * The answers to many questions, in their order; one that cannot be answered has `errors` in its place. A hundred
   * are asked in one call, and each call has its own time.
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
