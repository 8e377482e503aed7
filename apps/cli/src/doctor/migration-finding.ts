import { migrations } from '@connections/host/stores';
import { type Finding, ok, problem, warning } from './check';

/** Whether the tables are of this version. @param executed the names of the migrations that were run. */
export function migrationFinding(executed: readonly string[]): Finding {
  const unknown = executed.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    const details = `The database has ${unknown.join(', ')}, which this version does not know.`;
    return problem(details, 'It was written by a newer version: use that one.');
  }
  const pending = Object.keys(migrations).filter((name) => !executed.includes(name));
  if (pending.length === 0) return ok(`All ${executed.length} are in place.`);
  return warning(`${pending.join(', ')} not yet in place.`, 'Start the service, which brings the database up to date.');
}
