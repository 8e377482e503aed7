import type { RecordedEvent } from '@connections/event-store/event-store';
import { linkFaultOf, linkFaultTexts } from '@connections/event-store/chain-links';
import { counted } from '../progress';
import { type Finding, ok, problem } from './check';

/** How many broken events are named; the others are only counted. */
const NAMED = 3;

/** Checks the hashes of events, one by one. */
export class HashChain {
  readonly #named: string[] = [];
  #checked = 0;
  #broken = 0;

  get checked(): number {
    return this.#checked;
  }

  /** @param predecessorHash see `linkFaultOf`. */
  see(event: RecordedEvent, predecessorHash: string | null | undefined): void {
    this.#checked += 1;
    const fault = linkFaultOf(event, predecessorHash);
    if (fault === null) return;
    this.#broken += 1;
    if (this.#named.length < NAMED) this.#named.push(`${event.stream}@${event.revision} ${linkFaultTexts[fault]}`);
  }

  /**
   * @param scope which events were checked, as the beginning of a sentence. @param more how to see the other broken
   * ones.
   */
  finding(scope: string, more: string): Finding {
    if (this.#checked === 0) return ok('There are no events yet.');
    if (this.#broken === 0) return ok(`${scope} carry the hash that they should.${more}`);
    const unnamed = this.#broken - this.#named.length;
    const others = unnamed > 0 ? `; and ${counted(unnamed)} more` : '';
    return problem(
      `${scope} were checked, ${counted(this.#broken)} of them broken: ${this.#named.join('; ')}${others}.`,
      'Somebody or something changed the log. Keep a copy of it, and compare it with a back-up.',
    );
  }
}
