import type { Projection } from '@connections/event-store/projection';
import { rebuild, type RebuildProgress } from '@connections/event-store/rebuild';
import type { Stores } from '@connections/host/stores';
import { withExistingStores } from './with-stores';
import { Failed } from './failed';
import { counted, ProgressLine } from './progress';
import { furthestOf, projections, stateOf } from './projection-state';
import { type Answer, table } from './terminal';

/** How far each projection is. */
export async function projectionStatus(): Promise<Answer> {
  const states = await withExistingStores(async ({ database, eventStore }) => {
    // The checkpoints first: the log may grow meanwhile, and none may seem to be ahead of it.
    const checkpoints = await database.reader.selectFrom('projections').selectAll().execute();
    const head = await eventStore.head(furthestOf(checkpoints));
    return projections.map((projection) => stateOf(projection, checkpoints, head, eventStore));
  });
  return {
    document: { projections: states },
    text: table(
      ['PROJECTION', 'STATE', 'POSITION', 'HEAD', 'LAG', 'REBUILD', 'PROBLEM'],
      states.map(({ name, state, position, head, lag, 'lag-unit': lagUnit, rebuild: begun, problem }) => [
        name,
        state,
        position || 'start',
        head || 'empty',
        lag === 0 ? '0' : `${counted(lag)} ${lagUnit}`,
        begun && `begun, at ${begun.position || 'start'}`,
        problem,
      ]),
    ),
  };
}

/**
 * Replays the log into the projections, one or all, while the service runs or does not.
 * @param silent keeps standard error for errors.
 */
export async function rebuildProjections(name: string | undefined, silent: boolean): Promise<Answer> {
  const chosen = projections.filter((projection) => name === undefined || projection.name === name);
  if (chosen.length === 0) {
    const known = projections.map((projection) => projection.name).join(', ');
    throw new Failed('unknown-projection', `There is no projection ${name}. There is: ${known}.`);
  }
  const rebuilt: { name: string; events: number; rate: number }[] = [];
  await withExistingStores(async (stores) => {
    for (const projection of chosen) {
      const { done, rate } = await rebuildOne(projection, stores, silent);
      rebuilt.push({ name: projection.name, events: done, rate });
    }
  });
  return {
    document: { projections: rebuilt },
    text: rebuilt
      .map(({ name: of, events, rate }) => `Rebuilt ${of} from ${counted(events)} events (${counted(rate)}/s).`)
      .join('\n'),
  };
}

async function rebuildOne(
  projection: Projection,
  { eventStore, database }: Stores,
  silent: boolean,
): Promise<RebuildProgress> {
  const line = new ProgressLine(`Rebuilding ${projection.name}`, silent);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  // Once each: a second signal ends the process at once, which leaves the table in use as it was all the same.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const progress = await rebuild(eventStore, database.as(), projection, {
      signal: interruption.signal,
      onProgress: (now) => line.show(now),
    });
    line.end(progress);
    return progress;
  } catch (error) {
    line.end();
    if (!interruption.signal.aborted) throw error;
    throw new Failed(
      'interrupted',
      `The rebuild of ${projection.name} was interrupted. The table in use is unchanged; run it again when you like.`,
    );
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
