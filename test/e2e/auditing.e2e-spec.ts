import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KeyFile } from '@connections/audit/key-file';
import { Client } from '../support/client';
import { placesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const root = join(__dirname, '..', '..');
const can = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const missing = ['curl', 'python3', 'bash'].filter((program) => !can(program));
const when = missing.length === 0 ? it : it.skip;
const why = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')} here)`;

describe('docs/auditing.md', () => {
  const service = new TestedService((folder) => {
    // On files the service makes a key by itself; where several processes share one, the operator does.
    new KeyFile(join(folder, 'audit.key')).create('connections.example');
    return {};
  });

  when(
    `walks from a connection's id to a whole and unchanged history${why}`,
    async () => {
      const { demo } = service;
      const { url } = demo;
      const platform = new Client(url, demo.platform.key);
      const [{ id }] = (await platform.get('/connect/connections?filter[status]=active')).body.data as [{ id: string }];
      // The first one may have been signed before all of the demonstration was in the tree.
      await until('a checkpoint covers what has happened to it', async () => {
        return (await platform.get(`/connect/connections/${id}/events/1/proof`)).status === 200;
      });
      const page = readFileSync(join(root, 'docs', 'auditing.md'), 'utf8');
      const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
      expect(blocks.length).toBeGreaterThan(8);
      // What the page calls "later" has to have something new in it.
      const later = `curl -sS -o /dev/null -X POST -H 'Authorization: Bearer ${demo.source.key}' ${url}/api/v1/connect/connections/${id}/deactivate`;
      const script = blocks.map((block) => {
        if (block.startsWith('SINCE=')) return `${later}\n${block}`;
        // What is broken off has to be in the middle of it.
        return block.replace(/^curl .* -C - .*$/m, (line) => `${line}\ntruncate -s 700 "$FOLDER/long.ndjson"\n${line}`);
      });
      const { stdout, stderr } = await promisify(execFile)(
        'bash',
        ['-c', `set -euo pipefail\n${script.map((block, at) => `echo "== ${at}"\n${block}`).join('\n')}`],
        {
          cwd: root,
          env: {
            ...process.env,
            DATA_DIR: service.folder,
            ...(await placesOf(service.folder)),
            URL: url,
            AUDITOR_KEY: demo.auditor.key,
            CONNECTION: id,
            FOLDER: service.folder,
          },
        },
      );
      expect(stderr).toBe('');
      const outputs = stdout.split(/^== \d+$/m).slice(1);
      expect(outputs[1]).toMatch(
        / \(source\) created a connection .*\n.* \(destination\) activated the connection with key api_/,
      );
      expect(outputs[2]).toMatch(/^\npending\n.*attribute: 'status', from: 'pending', to: 'active'/s);
      expect(outputs[4]).toMatch(/^\n[\w.-]+\n\d+\n\S{44}\nsigned-at /);
      const [taken, byPython, resumed, since, proof, everything, live, exports] = outputs.slice(5);
      expect(taken).toMatch(/^\nVerdict +whole: .*Events +2\n/s);
      expect(JSON.parse(byPython as string)).toEqual({ whole: true, events: 2 });
      expect(resumed).toMatch(/^\nVerdict +whole: .*Events +2\n/s);
      expect(since).toMatch(/^\nVerdict +whole: .*Events +1\n.*Since +a checkpoint of \d+ events\n/s);
      expect(proof).toMatch(/'event-hash': '[0-9a-f]{64}'/);
      expect(everything).toMatch(/^\nVerdict +whole: .*Scope +everything\n/s);
      expect(live).toMatch(/^\nVerdict +whole\n.*are what the log says.*are what the log says/s);
      expect(Number(exports)).toBe(5);
      // A dozen processes in a row.
    },
    120_000,
  );
});
