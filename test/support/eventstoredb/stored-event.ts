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
  /** In milliseconds since 1970. */
  readonly created: number;
  /** The position from which a forward read continues after this event. */
  readonly next: Position;
}
