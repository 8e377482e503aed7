import { type Command, Option } from 'commander';
import { isConnectionId } from '@connections/connection/connection-id';
import type { Past } from '@connections/connection/past';
import {
  actorIn,
  connectionIdIn,
  cursorIn,
  eventTypesIn,
  limitIn,
  momentIn,
  organizationIdIn,
  pastIn,
  pastMomentIn,
  revisionIn,
  statusesIn,
} from '../arguments';
import type { ListOptions } from '../connections';
import { ofService, serviceAccessIn, type ServiceOptions } from '../service';
import { type PastOptions, chosenPast } from './past-options';
import { examples, show } from './shown';

export function addConnectionCommands(program: Command): void {
  const group = program
    .command('connection')
    .description('Connections, as the operator sees them: all of them; or, over HTTP, as a key may see them.')
    .addHelpText(
      'after',
      examples(
        ['connection list --status pending', 'those that wait for their destination'],
        ['connection history cxn_ABC123', 'who did what, and when'],
      ),
    );
  const list = group
    .command('list')
    .description('Lists connections, newest first.')
    .option('--status <statuses>', 'pending, active or inactive; several separated by commas', statusesIn)
    .option('--organization <org_…>', 'only those of this organization', organizationIdIn)
    .addOption(
      new Option('--role <role>', 'the part of that organization, or of the key’s').choices(['source', 'destination']),
    )
    .option('--as-of <moment>', 'those that were there at a moment, as they were then, in ISO 8601', pastMomentIn)
    .option('--limit <n>', 'at most so many, 1 to 1000', limitIn, 20)
    .option('--after <cxn_…>', 'go on behind this one, or behind the page that a service named', cursorIn);
  ofService(list)
    .addHelpText(
      'after',
      examples(
        ['connection list --status pending,active', 'those that are not ended'],
        ['connection list --organization org_ABC123 --role source', 'those by which it shares its data'],
        ['connection list --status active --as-of 2026-06-01T00:00:00Z', 'those that were active then'],
        ['connection list --url http://127.0.0.1:3000', 'those of the key in CONNECT_KEY'],
      ),
    )
    .action(async ({ url, key, organization, ...options }: ListOptions & ServiceOptions) => {
      const access = serviceAccessIn(list, { url, key });
      if (access !== null) {
        if (organization !== undefined) list.error('--organization is for what is stored; a service goes by the key.');
        const { listConnections } = await import('../over-http.js');
        show(list, await listConnections(access, options));
        return;
      }
      if (options.role !== undefined && organization === undefined) {
        list.error('--role is the part of an organization: it needs --organization.');
      }
      if (options.after !== undefined && !isConnectionId(options.after)) {
        list.error('--after must be an id such as cxn_ABC123.');
      }
      const { listConnections } = await import('../connections.js');
      show(list, await listConnections({ ...options, ...(organization !== undefined && { organization }) }));
    });
  const shown = group
    .command('show')
    .description('Shows one connection as it is, or as it was then.')
    .argument('<cxn_…>', 'the id of the connection', connectionIdIn)
    .addOption(
      new Option('--as-of <moment>', 'as it was at a moment, in ISO 8601').argParser(momentIn).conflicts('revision'),
    )
    .option('--revision <n>', 'as it was after so many later events; 0 is the creation', revisionIn);
  ofService(shown)
    .addHelpText(
      'after',
      examples(
        ['connection show cxn_ABC123', 'as it is'],
        ['connection show cxn_ABC123 --as-of 2026-06-01T12:00:00Z', 'as it was then'],
      ),
    )
    .action(async (id: string, options: PastOptions & ServiceOptions) => {
      const access = serviceAccessIn(shown, options);
      const past = chosenPast(options);
      if (access !== null) {
        const { showConnection } = await import('../over-http.js');
        show(shown, await showConnection(access, id, past));
        return;
      }
      const { showConnection } = await import('../connections.js');
      show(shown, await showConnection(id, past));
    });
  const history = group
    .command('history')
    .description('Tells what happened to a connection, oldest first, from the log: one sentence an event.')
    .argument('<cxn_…>', 'the id of the connection', connectionIdIn)
    .option('--event <types>', 'only what happened in one of these ways, separated by commas', eventTypesIn)
    .option('--actor <id>', 'only what was done with this key, or for this organization', actorIn)
    .option('--since <moment>', 'only what happened then or later, in ISO 8601', momentIn)
    .option('--until <moment>', 'only what happened then or earlier, in ISO 8601', momentIn);
  ofService(history)
    .addHelpText(
      'after',
      examples(
        ['connection history cxn_ABC123', 'who did what, and when'],
        ['connection history cxn_ABC123 --actor org_DEF456 --event ConnectionDeactivated', 'when that party ended it'],
      ),
    )
    .action(async (id: string, { url, key, event, actor, since, until }: HistoryOptions) => {
      const access = serviceAccessIn(history, { url, key });
      if (access !== null) {
        const filter = {
          ...(event !== undefined && { event }),
          ...(actor !== undefined && { actor }),
          ...(since !== undefined && { occurredAtStart: since }),
          ...(until !== undefined && { occurredAtEnd: until }),
        };
        const { connectionHistory } = await import('../over-http.js');
        show(history, await connectionHistory(access, id, filter));
        return;
      }
      const filter = { events: event, actor, occurredFrom: since, occurredTo: until };
      const { connectionHistory } = await import('../connection-history.js');
      show(history, await connectionHistory(id, filter));
    });
  group
    .command('diff')
    .description('Tells what changed in a connection between two times, and what happened in between.')
    .argument('<cxn_…>', 'the id of the connection', connectionIdIn)
    .requiredOption('--from <time>', 'where it begins: a moment in ISO 8601, or a revision', pastIn)
    .option('--to <time>', 'where it ends: a moment, or a revision; now, when left out', pastIn)
    .addHelpText(
      'after',
      examples(
        ['connection diff cxn_ABC123 --from 0', 'what changed since it was created'],
        ['connection diff cxn_ABC123 --from 2026-06-01T00:00:00Z --to 2026-07-01T00:00:00Z', 'what changed in June'],
      ),
    )
    .action(async (id: string, { from, to }: { from: Past; to?: Past }, command: Command) => {
      const { compareConnection } = await import('../connection-history.js');
      show(command, await compareConnection(id, from, to ?? null));
    });
  group
    .command('redact')
    .description('Takes away for ever what was written with one event; its hash and every proof stay valid.')
    .argument('<cxn_…>', 'the id of the connection', connectionIdIn)
    .requiredOption('--revision <n>', 'of the event: 0 for the name, or that of a reason', revisionIn)
    .addHelpText('after', examples(['connection redact cxn_ABC123 --revision 0', 'takes away its name']))
    .action(async (id: string, { revision }: { revision: number }, command: Command) => {
      const { redactText } = await import('../redaction.js');
      show(command, await redactText(id, revision));
    });
}

interface HistoryOptions extends ServiceOptions {
  readonly event?: ReturnType<typeof eventTypesIn>;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
}
