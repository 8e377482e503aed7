import type { Projection } from '@connections/event-store/projection';
import { rebuild, type RebuildProgress } from '@connections/event-store/rebuild';
import { forgetLostAnswers } from '@connections/host/lost-answers';
import type { Stores } from '@connections/host/stores';
import { withExistingStores } from './with-stores';
import { Failed } from './failed';
import { interruptible } from './interruptible';
import { counted, ProgressLine } from './progress';
import { projections, statesNow } from './projection-state';
import { type Answer, table } from './terminal';

/** How far each projection is. */
export async function projectionStatus(): Promise<Answer> {
  const states = await withExistingStores(statesNow);
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
 * Rebuilds projections, one or all, from the log, whether or not the service is running. If they had followed a longer
 * log, this one is an older copy, and the remembered answers to what it lost are forgotten.
 * @param silent prints no progress, only errors, on standard error.
 */
export async function rebuildProjections(name: string | undefined, silent: boolean): Promise<Answer> {
  const chosen = projectionsNamed(name);
  const rebuilt: { name: string; events: number; rate: number }[] = [];
  const forgotten = await withExistingStores(async (stores) => {
    const isOlderCopy = (await statesNow(stores)).some(({ state }) => state === 'ahead-of-log');
    const many = isOlderCopy ? await forgetLostAnswers(stores.database.as(), await stores.eventStore.head()) : 0;
    for (const projection of chosen) {
      const { done, rate } = await rebuildOne(projection, stores, silent);
      rebuilt.push({ name: projection.name, events: done, rate });
    }
    return many;
  });
  const lines = rebuilt.map(
    ({ name: of, events, rate }) => `Rebuilt ${of} from ${counted(events)} events (${counted(rate)}/s).`,
  );
  if (forgotten > 0) {
    const commands = `${counted(forgotten)} ${forgotten === 1 ? 'command' : 'commands'}`;
    lines.push(`Forgot the remembered answers to ${commands} that the log does not hold.`);
  }
  return { document: { projections: rebuilt, 'answers-forgotten': forgotten }, text: lines.join('\n') };
}

/** One projection, or all when no name is given. @throws Failed when there is none of this name. */
export function projectionsNamed(name: string | undefined): readonly Projection[] {
  const chosen = projections.filter((projection) => name === undefined || projection.name === name);
  if (chosen.length > 0) return chosen;
  const known = projections.map((projection) => projection.name).join(', ');
  throw new Failed('unknown-projection', `There is no projection ${name}. There is: ${known}.`);
}

async function rebuildOne(
  projection: Projection,
  { eventStore, database }: Stores,
  silent: boolean,
): Promise<RebuildProgress> {
  const line = new ProgressLine(`Rebuilding ${projection.name}`, silent);
  const interrupted = `The rebuild of ${projection.name} was interrupted. The table in use is unchanged; run it again when you like.`;
  try {
    const progress = await interruptible(interrupted, (signal) =>
      rebuild(eventStore, database.as(), projection, { signal, onProgress: (now) => line.show(now) }),
    );
    line.end(progress);
    return progress;
  } catch (error) {
    line.end();
    throw error;
  }
}
