import { everything, rowsByTheLog } from '@connections/connection/testing/read-model';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
import type { Cluster } from './cluster';
import type { Load } from './cluster-load';
import { legalSteps } from './legal-steps';
import { contradictionIn } from './linearizability';
import { until } from './until';

/**
 * Checks everything that clients were told against the log, and all read models against the log: nothing answered is
 * lost, nothing is doubled, and one order explains all answers. First waits until every instance is ready and shows the
 * whole log.
 */
export async function expectNothingLostOrDoubled(cluster: Cluster, load: Load): Promise<void> {
  await expectToBeCaughtUp(cluster);
  const events = await everything(cluster.stores.eventStore);
  expect(load.unexpected).toEqual([]);
  expectLegalChains(events);
  expectOneEventForEach(load, events);
  expectFreshReads(load, events);
  for (const [connection, history] of load.histories) {
    expect({ connection, contradiction: contradictionIn(history) }).toEqual({ connection, contradiction: null });
  }
  const { database, eventStore } = cluster.stores;
  const rows = await database.reader.selectFrom('connections').selectAll().orderBy('id').execute();
  expect(rows).toEqual(await rowsByTheLog(eventStore));
  expect(load.taken).toBeGreaterThan(0);
}

/** Waits until every instance is ready and reads show the whole log. */
async function expectToBeCaughtUp(cluster: Cluster): Promise<void> {
  await cluster.leader();
  const position = await cluster.stores.eventStore.head();
  for (const [index, instance] of cluster.instances.entries()) {
    await until(
      `instance ${index} shows the whole log`,
      async () => {
        const ready = await instance.ask('/readyz');
        if (ready?.status !== 200) return false;
        const headers = { 'connect-position': position };
        return (await cluster.platform(index).get('/connect/connections', { headers })).status === 200;
      },
      60_000,
    );
  }
}

/** Each stream is a legal sequence of steps, chained, without gaps. */
function expectLegalChains(events: readonly LoggedEvent[]): void {
  const ends = new Map<string, { status: string; revision: number; hash: string | null }>();
  for (const event of events) {
    const where = `${event.stream}@${event.revision}`;
    const before = ends.get(event.stream);
    const { role } = event.metadata['actor'] as { role: string };
    const step = legalSteps.find(
      ([from, type, by]) => from === (before?.status ?? null) && type === event.type && by === role,
    );
    if (step === undefined) throw new Error(`${where} is a ${event.type} of a connection that is ${before?.status}`);
    expect([where, event.revision]).toEqual([where, (before?.revision ?? -1) + 1]);
    expect([where, event.metadata['previous-hash']]).toEqual([where, before?.hash ?? null]);
    expect([where, hashOf(event)]).toEqual([where, expectedHash(event)]);
    ends.set(event.stream, { status: step[3], revision: event.revision, hash: hashOf(event) });
  }
}

/** Every answered command is in the log once, every refused one is not, and nothing is there that nobody sent. */
function expectOneEventForEach(load: Load, events: readonly LoggedEvent[]): void {
  const left = new Map<unknown, string[]>();
  for (const { metadata, stream, revision } of events) {
    const name = metadata['correlation-id'];
    left.set(name, [...(left.get(name) ?? []), `cxn_${stream.slice('connection-'.length)}@${revision}`]);
  }
  for (const { name, outcome, connection } of load.attempts) {
    const found = left.get(name) ?? [];
    left.delete(name);
    if (outcome.kind === 'unknown') expect(found.length).toBeLessThanOrEqual(1);
    else {
      const told = outcome.kind === 'taken' ? [`${connection}@${outcome.left.revision}`] : [];
      expect({ name, found }).toEqual({ name, found: told });
    }
  }
  expect([...left.keys()].filter((name) => load.isOwn(name))).toEqual([]);
}

/** A read that names a position shows the state at that position, or a newer one. */
function expectFreshReads({ reads }: Load, events: readonly LoggedEvent[]): void {
  const statuses = new Map(
    events.map(({ stream, revision, type }) => [
      `cxn_${stream.slice('connection-'.length)}@${revision}`,
      legalSteps.find(([, event]) => event === type)?.[3],
    ]),
  );
  for (const { connection, atLeast, seen } of reads) {
    expect(seen.revision).toBeGreaterThanOrEqual(atLeast);
    expect(statuses.get(`${connection}@${seen.revision}`)).toBe(seen.status);
  }
}

/** A command that was answered gets the same answer, to the byte, wherever and whenever it is sent again. */
export async function expectSameAnswers(cluster: Cluster, load: Load): Promise<void> {
  const answered = load.attempts.filter(({ outcome, idempotencyKey }) => idempotencyKey && outcome.kind !== 'unknown');
  expect(answered.length).toBeGreaterThan(5);
  for (const attempt of answered.slice(-5)) {
    for (const { url } of cluster.instances) {
      const again = await load.send(attempt, url);
      const { status, text } = attempt.answer!;
      expect({ name: attempt.name, status: again?.status, text: again?.text }).toEqual({
        name: attempt.name,
        status,
        text,
      });
    }
  }
}
