import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditFigures } from './audit-figures.mts';
import { main as built } from './built.mts';
import { checkFigures } from './check-figures.mts';
import { format, resolveConfig } from 'prettier';
import { circumstances } from './circumstances.mts';
import { dashboardFigures } from './dashboard-figures.mts';
import { eventStoreFigures } from './eventstore-figures.mts';
import { httpFigures } from './http-figures.mts';
import { optionsFrom, type Options } from './options.mts';
import { pageOf } from './page.mts';
import { postgresFigures } from './postgres-figures.mts';
import { rebuildFigures } from './rebuild-figures.mts';
import { storedFigures } from './stored-figures.mts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

const args = process.argv.slice(2);
const options = optionsFrom(args);
if (options !== null) await measure(options);

async function measure(wanted: Options): Promise<void> {
  if (!existsSync(built)) throw new Error(`${built} is not there; build first: npm run build.`);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args.filter((arg) => arg !== '--write')] : [])];
  const measuredOn = circumstances(command.join(' '));
  const files = mkdtempDisposableSync(join(tmpdir(), 'connections-bench-'));
  const folder = files.path;
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => files.remove());
  const { only } = wanted;
  const figures = {
    http: only.includes('http') ? await httpFigures(wanted, folder) : null,
    checks: only.includes('checks') ? await checkFigures(wanted, folder) : null,
    rebuild: only.includes('rebuild') ? await rebuildFigures(wanted, folder) : null,
    stored: only.includes('stored') ? await storedFigures(wanted, folder) : null,
    eventStore: only.includes('eventstore') ? await eventStoreFigures(wanted) : null,
    postgres: only.includes('postgres') ? await postgresFigures(wanted, folder) : null,
    audit: only.includes('audit') ? await auditFigures(wanted, folder) : null,
    dashboard: only.includes('dashboard') ? await dashboardFigures(wanted, folder) : null,
  };
  const page = pageOf(figures, wanted, measuredOn);
  process.stdout.write(page);
  if (wanted.write) writeFileSync(PAGE, await formatted(withFigures(readFileSync(PAGE, 'utf8'), page)));
}

/** The page keeps its words; only what lies between the two marks is new. */
function withFigures(text: string, figures: string): string {
  const [before, after] = [text.split(BEGIN)[0] ?? '', text.split(END)[1] ?? ''];
  return `${before}${BEGIN}\n\n${figures}\n${END}${after}`;
}

/** As the check of formats wants every page. */
async function formatted(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}
