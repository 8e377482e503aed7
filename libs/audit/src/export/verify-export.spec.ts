import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { chance } from '../../../../test/support/chance';
import type { Checkpoint } from '../checkpoint';
import { generateSignerKey } from '../signed-note';
import { COLUMNS, csv } from './csv';
import { exportOf } from './export';
import { ndjson } from './ndjson';
import type { ExportFormat } from './records';
import { EVERYTHING, type Scope } from './scope';
import { connectionIdOfStream } from '@connections/connection/connection-id';
import { randomLog } from './testing/random-log';
import { type Verdict, verifyExport } from './verify-export';

const { key } = generateSignerKey('log.example');
const log = randomLog(chance(7), 600);
const at = '2026-06-01T00:00:00.000Z';
const connection: Scope = {
  kind: 'connection',
  id: connectionIdOfStream((log.events[0] as { stream: string }).stream),
};
const organization: Scope = { kind: 'organization', id: 'org_0' };

async function made(scope: Scope, format: ExportFormat, since: number | null = null): Promise<Buffer> {
  const parts: Buffer[] = [];
  const request = {
    scope,
    format,
    checkpoint: log.checkpoint([key], at),
    since: since === null ? null : log.checkpoint([key], at, since),
    signers: [key],
  };
  for await (const part of exportOf(request, log)) parts.push(part);
  return Buffer.concat(parts);
}

const verified = (...chunks: Buffer[]): Promise<Verdict> => verifyExport(chunks, { keys: [key], witnesses: [] });

describe('an export', () => {
  describe.each([ndjson, csv])('as $name', (format) => {
    it.each([
      { scope: EVERYTHING, since: null, events: 600 },
      { scope: EVERYTHING, since: 301, events: 299 },
      { scope: EVERYTHING, since: 512, events: 88 },
      { scope: EVERYTHING, since: 600, events: 0 },
      { scope: organization, since: null, events: log.events.filter(isOf('org_0')).length },
      { scope: organization, since: 301, events: log.events.slice(301).filter(isOf('org_0')).length },
      {
        scope: connection,
        since: null,
        events: log.events.filter(({ stream }) => stream === log.events[0]?.stream).length,
      },
      { scope: connection, since: 600, events: 0 },
    ])('of $scope.kind since $since is whole', async ({ scope, since, events }) => {
      const bytes = await made(scope, format, since);
      expect(await verified(bytes)).toMatchObject({ whole: { events, bytes: bytes.length, frame: { scope } } });
    });

    it('is the same when it is made again, and whole in whatever pieces it comes', async () => {
      const bytes = await made(EVERYTHING, format);
      expect((await made(EVERYTHING, format)).equals(bytes)).toBe(true);
      const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, piece) =>
        bytes.subarray(piece * 997, (piece + 1) * 997),
      );
      expect(await verified(...pieces)).toHaveProperty('whole');
    });

    it.each([
      { scope: EVERYTHING, since: 590 },
      { scope: connection, since: null },
    ])('of $scope.kind whose last line is broken in two is wrong in that line', async ({ scope, since }) => {
      const bytes = await made(scope, format, since);
      const begin = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
      const line = bytes.toString().split('\n').length - 1;
      for (let broken = begin; broken < bytes.length - 1; broken += 1) {
        const changed = Buffer.from(bytes);
        changed.write('\n', broken);
        expect([broken, await verified(changed)]).toMatchObject([broken, { finding: { line } }]);
      }
    });
  });

  it('of an organization that continues another has as many events as were signed, and no others', async () => {
    const since = 301;
    const [own, foreign] = await Promise.all(
      ['org_0', 'org_1'].map(async (id) => {
        const bytes = await made({ kind: 'organization', id }, ndjson, since);
        return bytes.toString().split(/(?<=\n)/);
      }),
    );
    const subjectIn = (line: string): string => /"subject":"(\w+)"/.exec(line)?.[1] ?? '';
    // The organizations of a connection are named in its first event, and this connection began before the export.
    const stranger = foreign!.find(
      (line) => subjectIn(line) !== '' && !own!.some((other) => subjectIn(other) === subjectIn(line)),
    );
    expect(ndjson.readEvent(stranger!)!.revision).toBeGreaterThan(0);
    const at = own!.findIndex((line) => subjectIn(line) > subjectIn(stranger!));
    const verdict = await verified(Buffer.from(own!.toSpliced(at, 0, stranger!).join('')));
    const events = own!.length - 2;
    const why = `${events} events were signed, and ${events + 1} are here: 1 too many, of what was not exported.`;
    expect(verdict).toMatchObject({ finding: { code: 'inserted', line: own!.length + 1, why } });
    // Only their number reveals that events are missing at the end of their connections.
    const last = own!.findLastIndex((line) => subjectIn(line) !== '');
    const exchanged = await verified(Buffer.from(own!.toSpliced(last, 1).toSpliced(at, 0, stranger!).join('')));
    const said = /an event of another connection stands here in the place of one that is missing\.$/;
    expect(exchanged).toMatchObject({
      finding: { code: 'changed', line: own!.length, why: expect.stringMatching(said) },
    });
  });

  it.each([
    { scope: EVERYTHING, format: ndjson, since: null, from: '"revision":', to: '"revision":7' },
    { scope: organization, format: ndjson, since: 301, from: '"revision":', to: '"revision":7' },
    { scope: EVERYTHING, format: csv, since: null, from: /(?<=,connection-\w+,)/, to: '7' },
    { scope: organization, format: csv, since: 301, from: /(?<=,connection-\w+,)/, to: '7' },
  ])(
    'of $scope.kind as $format.name calls an event that has another revision what it calls itself',
    async ({ scope, format, since, from, to }) => {
      const lines = (await made(scope, format, since)).toString().split(/(?<=\n)/);
      const at = lines.findIndex((line) => format.readEvent(line) !== null);
      const changed = lines.with(at, (lines[at] as string).replace(from, to));
      const [event] = /cxn_\w+@\d+/.exec(lines[at] as string) ?? [];
      const verdict = await verified(Buffer.from(changed.join('')));
      expect(verdict).toMatchObject({ finding: { code: 'changed', line: at + 1, event } });
    },
  );

  it('as CSV is written and read by others as it is by us', async () => {
    const text = (await made(EVERYTHING, csv)).toString();
    const rows = parse(text);
    expect(rows[0]).toEqual([...COLUMNS]);
    expect(rows).toHaveLength(600 + 3 + 3);
    expect(stringify(rows, { record_delimiter: 'windows' })).toBe(text);
  });

  it('as NDJSON is one CloudEvent a line', async () => {
    const lines = (await made(organization, ndjson)).toString().trimEnd().split('\n');
    for (const line of lines) {
      const event = JSON.parse(line) as Record<string, unknown>;
      expect(event).toMatchObject({ specversion: '1.0', source: 'urn:connections:log.example' });
      expect(JSON.stringify(event)).toBe(line);
    }
    expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(lines.length);
  });

  it.each([
    { what: 'left out', lines: (all: string[]) => all.toSpliced(10, 1), code: 'removed', line: 11, leaf: 8 },
    {
      what: 'repeated',
      lines: (all: string[]) => all.toSpliced(10, 0, all[9] as string),
      code: 'inserted',
      line: 11,
      leaf: 8,
    },
    {
      what: 'swapped with the next',
      lines: (all: string[]) => all.toSpliced(10, 2, all[11] as string, all[10] as string),
      code: 'reordered',
      line: 11,
      leaf: 8,
    },
    {
      what: 'changed',
      lines: (all: string[]) => all.with(10, (all[10] as string).replace('"req_8"', '"req_0"')),
      code: 'changed',
      line: 11,
      leaf: 8,
    },
    {
      what: 'told otherwise',
      lines: (all: string[]) => all.with(10, (all[10] as string).replace(/"summary":"/, '$&X')),
      code: 'changed',
      line: 11,
      leaf: 8,
    },
    {
      what: 'that has a proof of its own',
      lines: (all: string[]) => all.with(10, (all[10] as string).replace(/(?=}}\n$)/, ',"proof":["anything at all"]')),
      code: 'changed',
      line: 11,
      leaf: 8,
    },
    {
      what: 'from elsewhere',
      lines: (all: string[]) => all.toSpliced(10, 0, (all[10] as string).replace('"req_8"', '"req_0"')),
      code: 'inserted',
      line: 11,
      leaf: 8,
    },
    {
      what: 'the first that is gone of a tile',
      lines: (all: string[]) => all.toSpliced(258, 1),
      code: 'removed',
      line: 259,
      leaf: 256,
    },
    { what: 'behind the end', lines: (all: string[]) => [...all, all[10] as string], code: 'inserted', line: 606 },
    { what: 'where the file ends', lines: (all: string[]) => all.slice(0, 11), code: 'truncated', line: 11 },
  ])('with an event $what is found out: $code', async ({ lines, code, line, leaf = null }) => {
    const all = (await made(EVERYTHING, ndjson)).toString().split(/(?<=\n)/);
    expect(await verified(Buffer.from(lines(all).join('')))).toMatchObject({ finding: { code, line, leaf } });
  });

  it('has no line that is longer than one of an export, in whatever pieces it comes', async () => {
    const lines = (await made(EVERYTHING, ndjson)).toString().split(/(?<=\n)/);
    const longest = 2 ** 20;
    for (const at of [0, 1, 10, lines.length - 1]) {
      const line = lines[at] as string;
      const long = (length: number): Buffer =>
        Buffer.from(lines.with(at, `${' '.repeat(length - Buffer.byteLength(line))}${line}`).join(''));
      const tooLong = { finding: { line: at + 1, why: `Line ${at + 1} is longer than any line of an export.` } };
      const bytes = long(longest + 1);
      expect(await verified(bytes)).toMatchObject(tooLong);
      expect(await verified(bytes.subarray(0, 2 ** 18), bytes.subarray(2 ** 18))).toMatchObject(tooLong);
      expect(await verified(long(longest))).toMatchObject({ finding: { why: expect.not.stringMatching('longer') } });
    }
    // Both may be held back at once.
    const bytes = Buffer.from(
      lines
        .with(10, `${' '.repeat(longest / 2)}\n`)
        .with(11, ' '.repeat(longest))
        .join(''),
    );
    const end = bytes.lastIndexOf(' ');
    const pieces = [bytes.subarray(0, end - 10), bytes.subarray(end - 10)];
    expect(await verified(...pieces)).toMatchObject({
      finding: { line: 11, why: expect.not.stringMatching('longer') },
    });
  });

  it('with more leaves than are proven together, or a longer proof than there is, is changed there', async () => {
    const [first, second, ...rest] = (await made(EVERYTHING, ndjson)).toString().split(/(?<=\n)/) as [string, string];
    for (const name of ['leaves', 'proof']) {
      const many = second.replace(`"${name}":[`, `$&${'"",'.repeat(100_000)}`);
      expect(await verified(Buffer.from([first, many, ...rest].join('')))).toMatchObject({
        finding: { code: 'changed', line: 2, why: 'The leaves from 0 on are not written as they have to be.' },
      });
    }
  });

  it('agrees with every witness of one size, or with none', async () => {
    const bytes = await made(EVERYTHING, ndjson);
    const witness = log.checkpoint([key], at, 300);
    const forked = { ...witness, root: log.checkpoint([key], at, 299).root };
    const verdictOf = (...witnesses: Checkpoint[]) => verifyExport([bytes], { keys: [key], witnesses });
    expect(await verdictOf(witness, witness)).toHaveProperty('whole');
    expect(await verdictOf(witness, forked)).toMatchObject({ finding: { code: 'forked' } });
  });
});

function isOf(id: string): (event: { readonly stream: string }) => boolean {
  const own = new Set(
    log.events
      .filter(({ data }) => data['source-organization-id'] === id || data['destination-organization-id'] === id)
      .map(({ stream }) => stream),
  );
  return ({ stream }) => own.has(stream);
}
