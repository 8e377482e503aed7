import type { RecordedEvent } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
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
    const wrong = wrongWith(event, predecessorHash);
    if (wrong === null) return;
    this.#broken += 1;
    if (this.#named.length < NAMED) this.#named.push(`${event.stream}@${event.revision} ${wrong}`);
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

function wrongWith(event: RecordedEvent, predecessorHash: string | null | undefined): string | null {
  if (hashOf(event) !== expectedHash(event)) return 'is not what its hash says';
  const claimed = event.metadata['previous-hash'];
  if (event.revision === 0) return claimed === null ? null : 'claims a predecessor';
  if (predecessorHash === undefined) return 'has lost its predecessor';
  return claimed === predecessorHash ? null : 'does not continue its predecessor';
}
