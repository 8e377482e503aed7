import { existsSync } from 'node:fs';
import { filesOf } from '@connections/host/stores';
import { type Answer, coloured, oneLine } from '../terminal';
import type { Check } from './check';
import { checkpointsOf, databaseChecks, projectionChecks } from './database-checks';
import { headOf, logChecks } from './log-checks';
import { configurationChecks, dataFolderChecks, nodeCheck } from './surroundings';

/**
 * Looks at everything that the service stands on, and changes nothing.
 * @param options.full checks the hash of every event; `silent` keeps standard error for errors.
 */
export async function doctor(options: { readonly full: boolean; readonly silent: boolean }): Promise<Answer> {
  const { checks: configuration, dataDir } = configurationChecks(process.env);
  const checks: Check[] = [nodeCheck(), ...configuration, ...dataFolderChecks(dataDir)];
  if (Object.values(filesOf(dataDir)).some((file) => existsSync(file))) {
    const checkpoints = checkpointsOf(dataDir);
    const head = headOf(dataDir);
    const log = logChecks(dataDir, options);
    const database = databaseChecks(dataDir);
    checks.push(...log, ...database);
    // What a projection has seen of a log that cannot be read says nothing.
    if ([log, database].every((found) => found[0]?.status === 'ok')) {
      checks.push(...projectionChecks(checkpoints, head));
    }
  }
  const status = worstOf(checks);
  return { document: { status, checks }, text: textOf(checks), failed: status === 'problem' };
}

const worstOf = (checks: readonly Check[]): Check['status'] =>
  (['problem', 'warning'] as const).find((status) => checks.some((found) => found.status === status)) ?? 'ok';

const colours = { ok: 'green', warning: 'yellow', problem: 'red' } as const;

function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, details, advice }) => {
    const line = `${coloured(colours[status], status.padEnd('problem'.length))}  ${name.padEnd(width)}  ${oneLine(details)}`;
    return advice === null ? [line] : [line, `${' '.repeat(width + 11)}-> ${oneLine(advice)}`];
  });
  const counts = (['problem', 'warning'] as const).flatMap((status) => {
    const many = checks.filter((found) => found.status === status).length;
    return many === 0 ? [] : [`${many} ${status}${many === 1 ? '' : 's'}`];
  });
  return [...lines, '', counts.length === 0 ? 'Everything is in order.' : `${counts.join(', ')}.`].join('\n');
}
