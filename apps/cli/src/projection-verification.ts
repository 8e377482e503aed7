import type { Projection } from '@connections/event-store/projection';
import type { RowDifference, ShownValue } from '@connections/event-store/table-comparison';
import { type VerifiedProjection, verifyProjection } from '@connections/event-store/verify-projection';
import { type Stores, withScratchDatabase } from '@connections/host/stores';
import { interruptible } from './interruptible';
import { counted, ProgressLine, progressSince } from './progress';
import { projectionsNamed } from './projections';
import { type Answer, table } from './terminal';
import { withExistingStores } from './with-stores';

type Verdict = VerifiedProjection & { readonly name: string; readonly same: boolean };

/**
 * Proves that projections, one or all, are what follows from the log, whether or not the service is running.
 * @param silent prints no progress, only errors, on standard error.
 */
export async function verifyProjections(name: string | undefined, silent: boolean): Promise<Answer> {
  const chosen = projectionsNamed(name);
  const verdicts: Verdict[] = [];
  await withExistingStores(async (stores) => {
    for (const projection of chosen) verdicts.push(await verifyOne(projection, stores, silent));
  });
  return {
    document: { projections: verdicts },
    text: verdicts.map(textOf).join('\n\n'),
    failed: verdicts.some(({ same }) => !same),
  };
}

async function verifyOne(projection: Projection, { eventStore, database }: Stores, silent: boolean): Promise<Verdict> {
  const { name } = projection;
  const replaying = new ProgressLine(`Replaying ${name}`, silent);
  const comparing = new ProgressLine(`Comparing ${name}`, silent, 'rows');
  const interrupted = `The verification of ${name} was interrupted. Nothing was changed; run it again when you like.`;
  let comparingSince: number | undefined;
  try {
    const verified = await interruptible(interrupted, (signal) =>
      withScratchDatabase((scratch) =>
        verifyProjection(eventStore, database.as(), projection, scratch.as(), {
          signal,
          onReplay: (progress) => replaying.show(progress),
          onCompare: (rows, total) => {
            comparingSince ??= performance.now();
            comparing.show(progressSince(comparingSince, rows, total));
          },
        }),
      ),
    );
    const same = verified.differing + verified.missing + verified.surplus === 0;
    return { name, same, ...verified };
  } finally {
    comparing.end();
  }
}

function textOf({ name, same, position, events, rows, differing, missing, surplus, differences }: Verdict): string {
  const replayed = `${counted(events)} events, up to position ${position || 'start'}`;
  if (same) return `${name}: all ${counted(rows)} rows are what the log says (${replayed}).`;
  const wrong = differing + missing + surplus;
  const found =
    `${name}: the table is not what the log says (${counted(rows)} rows from ${replayed}): ` +
    `${counted(differing)} differing, ${counted(missing)} missing, ${counted(surplus)} too many.`;
  const told = table(['ROW', 'WRONG', 'COLUMN', 'LIVE', 'REPLAYED'], differences.flatMap(linesOf));
  const others = wrong > differences.length ? `\n\nThese are the first ${differences.length} rows.` : '';
  return `${found}\n\n${told}${others}\n\nRun "projection rebuild ${name}", and find out who writes to the database.`;
}

function linesOf({ key, kind, columns }: RowDifference): (string | null)[][] {
  const row = Object.values(key).map(shown).join(' ');
  if (columns.length === 0) return [[row, kind === 'missing' ? 'missing' : 'too many', null, null, null]];
  return columns.map(({ column, live, replayed }) => [row, 'differs', column, shown(live), shown(replayed)]);
}

const shown = (value: ShownValue): string =>
  value === null ? 'null' : typeof value === 'object' ? JSON.stringify(value) : String(value);
