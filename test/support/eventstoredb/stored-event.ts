import type { Position } from './position';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredEvent extends ProposedEvent, Position {
  readonly stream: string;
  readonly revision: bigint;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Where a forward read goes on after this event. */
  readonly next: Position;
}
