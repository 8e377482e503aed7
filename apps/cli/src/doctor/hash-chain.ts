import type { RecordedEvent } from '@connections/event-store/event-store';
import { linkFaultOf, linkFaultTexts } from '@connections/event-store/chain-links';
import { counted } from '../progress';
import { type Finding, ok, problem } from './check';

/** Broken events that are named; the others are counted. */
const NAMED = 3;

/** What the hashes of events say about them, event by event. */
export class HashChain {
  readonly #named: string[] = [];
  #checked = 0;
  #broken = 0;

  get checked(): number {
    return this.#checked;
  }

  /** @param predecessorHash the one that the event before it in its stream carries; undefined where that one is gone. */
  see(event: RecordedEvent, predecessorHash: string | null | undefined): void {
    this.#checked += 1;
    const fault = linkFaultOf(event, predecessorHash);
    if (fault === null) return;
    this.#broken += 1;
    if (this.#named.length < NAMED) this.#named.push(`${event.stream}@${event.revision} ${linkFaultTexts[fault]}`);
  }

  /** @param scope which events were seen, at the beginning of a sentence. @param more how to see the others. */
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
