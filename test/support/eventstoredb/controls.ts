import type { CallKind, Fault } from './faults';
import type { StoredEvent } from './stored-event';
import type { Member } from './node';
import { type EventStoreDb, type EventStoreDbOptions, startEventStoreDb } from './server';

/** A request to the server in another process. */
export interface Request {
  readonly id: number;
  readonly method: keyof Controls;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

export type Controls = ReturnType<typeof createControls>;

/** The methods of a server in another process; `start` comes first. */
export function createControls() {
  const lifts: (() => void)[] = [];
  let running: EventStoreDb | undefined;
  const server = (): EventStoreDb => {
    if (running === undefined) throw new Error('The server was not started: ask for start first.');
    return running;
  };
  return {
    start: async (options: EventStoreDbOptions): Promise<{ port: number; connectionString: string }> => {
      const { port, connectionString } = (running = await startEventStoreDb(options));
      return { port, connectionString };
    },
    /** Returns the number by which the fault is lifted. */
    fault: (call: CallKind, fault: Fault, options: { readonly times?: number } | undefined): number =>
      lifts.push(server().faults.on(call, fault, options)) - 1,
    lift: (order: number): void => lifts[order]?.(),
    calls: (): Readonly<Record<CallKind, number>> => server().calls,
    log: (): readonly StoredEvent[] => server().log(),
    writeSystemEvents: (count: number): void => server().writeSystemEvents(count),
    joinCluster: (members: readonly Member[]): void => server().joinCluster(members),
  };
}
