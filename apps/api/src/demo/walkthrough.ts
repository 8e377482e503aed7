import { connectionIdOf } from '@connections/connection/connection-id';
import type { Demo } from './demo';

/** The text shown after `--demo`: who takes part, and commands to paste that walk through the whole lifecycle. */
export function walkthrough({ url, source, destination, third, auditor, platform }: Demo): string {
  const connections = `${url}/api/v1/connect/connections`;
  const id = connectionIdOf(source['organization-id'], destination['organization-id']);
  const curl = (key: string, path: string, ...rest: string[]): string =>
    [`curl -sS -w '\\n' ${path}`, `-H "Authorization: Bearer ${key}"`, ...rest].join(' \\\n  ');
  const post = (key: string, path: string, attributes: object): string =>
    curl(
      key,
      `-X POST ${path}`,
      '-H "Content-Type: application/json"',
      `-d '${JSON.stringify({ data: { attributes } })}'`,
    );
  const check = post(source.key, `${url}/api/v1/connect/share-checks`, {
    'source-organization-id': source['organization-id'],
    'destination-organization-id': destination['organization-id'],
    scopes: ['inquiry.read'],
  });
  const step = (title: string, command: string): string => `# ${title}\n${command}\n`;
  return [
    `Connections is ready at ${url}   (documentation: ${url}/docs)`,
    '',
    `  Acme    (source)       ${source['organization-id']}   ${source.key}`,
    `  Globex  (destination)  ${destination['organization-id']}   ${destination.key}`,
    `  Initech (third party)  ${third['organization-id']}   ${third.key}`,
    `  auditor                reads everything, writes nothing     ${auditor.key}`,
    `  platform admin         organizations and keys               ${platform.key}`,
    '',
    `People sign in at ${url}/ by e-mail address and password:`,
    '',
    `  Acme    (source)       ${source.person.email.padEnd(28)}   ${source.person.password}`,
    `  Globex  (destination)  ${destination.person.email.padEnd(28)}   ${destination.person.password}`,
    '',
    'Paste these into another terminal, in this order. Ctrl-C ends the service; the data stays, so a second walk',
    'starts where the first one ended: for a fresh one, start with another DATA_DIR.',
    '',
    step(
      '1. Acme, the source, creates the connection: pending.',
      post(source.key, connections, {
        'destination-organization-id': destination['organization-id'],
        name: 'Partner Connection',
      }),
    ),
    step(
      '2. Globex, the destination, activates it: active, data may be shared.',
      post(destination.key, `${connections}/${id}/activate`, {}),
    ),
    step('3. Both see it. Acme lists what it has:', curl(source.key, connections)),
    step('   and Globex looks at this one:', curl(destination.key, `${connections}/${id}`)),
    step('4. Before each share Acme asks whether it may: yes.', check),
    step(
      '5. Either side deactivates it: inactive.',
      post(destination.key, `${connections}/${id}/deactivate`, { reason: 'Contract under review.' }),
    ),
    step('   ... and from that moment on it may not.', check),
    step(
      '6. Acme returns it to pending ...',
      post(source.key, `${connections}/${id}/reactivate`, { reason: 'Review done.' }),
    ),
    step('   ... and Globex activates it again.', post(destination.key, `${connections}/${id}/activate`, {})),
    step('7. An auditor replays what happened,', curl(auditor.key, `${connections}/${id}/events`)),
    step(
      '   and has it proven that the creation is in the log, under a signature.',
      curl(auditor.key, `${connections}/${id}/events/0/proof`),
    ),
  ].join('\n');
}
