import { proven } from '@connections/audit/export/event-leaf';
import { nameIn } from '@connections/audit/export/telling';
import { type Chance, pick } from '@connections/audit/export/testing/random-log';
import { hashOfTexts } from '@connections/event-store/hash-chain';
import type { SampleExport } from './sample-exports';

/** A file that somebody changed. */
export interface Manipulated {
  readonly bytes: Buffer;
  /** The lines on one of which it has to be found, counted from 1; null where it may show anywhere. */
  readonly lines: readonly number[] | null;
  /** The event that has to be named; null where no event was touched, or its name itself was. */
  readonly event: string | null;
}

export type Manipulation = (original: SampleExport, chance: Chance, other: SampleExport) => Manipulated | null;

const linesOf = ({ bytes }: SampleExport): string[] => bytes.toString().split(/(?<=\n)/);
const joined = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''));

/** Places in the file by what they are; a line may have none of them. */
const PLACES: Record<string, RegExp> = {
  data: /"event-data":(\{.*?\}),"event-metadata"|("\{""connection-id.*?\}")/,
  metadata: /"?(\{""?schema-version.*?)"hash/,
  hash: /""?hash""?:""?([0-9a-f]{64})/,
  envelope: /^(.{80})/,
  text: /(salt.{80})/,
  proof: /("proof":.*)/,
  summary: /([^,]{30} at 20..-..-..T.{13}\.)/,
  all: /^([^]*)$/,
};

/** A byte of a chosen kind becomes another. */
export const flip =
  (place: keyof typeof PLACES): Manipulation =>
  (original, chance) => {
    const lines = linesOf(original);
    const number = chance(lines.length);
    const line = lines[number] as string;
    const found = new RegExp(PLACES[place] as RegExp, 'd')
      .exec(line)
      ?.indices?.slice(1)
      .find((group) => group);
    if (found === undefined) return null;
    const bytes = Buffer.from(original.bytes);
    const begin = Buffer.byteLength(lines.slice(0, number).join(''));
    const [from, to] = [Buffer.byteLength(line.slice(0, found[0])), Buffer.byteLength(line.slice(0, found[1]))];
    const at = begin + from + chance(to - from);
    bytes[at] = (bytes[at] as number) ^ (1 + chance(255));
    // What says which event it is may have been hit.
    const changed = bytes.subarray(begin, begin + Buffer.byteLength(line)).toString();
    const name = eventOn(line, original);
    const isOneLine = changed.indexOf('\n') === changed.length - 1;
    const isNamed = name !== null && isOneLine && nameIn(changed) === name && streamIn(changed) === streamIn(line);
    return { bytes, lines: [number + 1], event: isNamed ? name : null };
  };

const flipOf =
  (part: 'first' | 'last'): Manipulation =>
  (original, chance) => {
    const lines = linesOf(original);
    const number = part === 'first' ? (original.format.head === '' ? 0 : 1) : lines.length - 1;
    const bytes = Buffer.from(original.bytes);
    const begin = Buffer.byteLength(lines.slice(0, number).join(''));
    const at = begin + chance(Buffer.byteLength(lines[number] as string));
    bytes[at] = (bytes[at] as number) ^ (1 + chance(255));
    return { bytes, lines: null, event: null };
  };

const deletion: Manipulation = (original, chance) => {
  const lines = linesOf(original);
  const at = chance(lines.length);
  const [line] = lines.splice(at, 1) as [string];
  const name = eventOn(line, original);
  const beside = (index: number): boolean => streamIn(lines[index] ?? '') === streamIn(line);
  // That the last event of a connection is missing, or the first of what continues it, shows where all are counted.
  const isNamed = name !== null && beside(at) && (original.since === null || beside(at - 1));
  const follows = isNamed && original.scope.kind !== 'everything';
  return { bytes: joined(lines), lines: follows ? [at + 1] : null, event: follows ? name : null };
};

const insertion: Manipulation = (original, chance, other) => {
  const lines = linesOf(original);
  const from = chance(2) === 0 ? lines : linesOf(other);
  const at = chance(lines.length + 1);
  lines.splice(at, 0, pick(chance, from));
  // Whose connection it is that an event continues stands in none of its lines: that it is too many shows at the end.
  const isCounted = original.scope.kind === 'organization' && original.since !== null;
  return { bytes: joined(lines), lines: [at + 1, at + 2, ...(isCounted ? [lines.length] : [])], event: null };
};

const swap: Manipulation = (original, chance) => {
  const lines = linesOf(original);
  const [one, two] = [chance(lines.length), chance(lines.length)];
  [lines[one], lines[two]] = [lines[two] as string, lines[one] as string];
  return { bytes: joined(lines), lines: null, event: null };
};

const truncation: Manipulation = (original, chance) => ({
  bytes: original.bytes.subarray(0, chance(original.bytes.length)),
  lines: null,
  event: null,
});

/** Somebody changes an event, gives it a hash that is right, and chains all that follow it in the file to it. */
const rechaining: Manipulation = (original, chance) => {
  const lines = linesOf(original);
  const numbers = lines.flatMap((line, at) => (eventOn(line, original) === null ? [] : [at]));
  if (numbers.length === 0) return null;
  const first = pick(chance, numbers);
  const { format } = original;
  const stream = streamIn(lines[first] as string);
  const written = (json: string): string => (format.name === 'csv' ? json.replaceAll('"', '""') : json);
  let previous: string | null = null;
  for (const at of numbers.slice(numbers.indexOf(first))) {
    const line = lines[at] as string;
    const parts = format.readEvent(line);
    if (parts === null || streamIn(line) !== stream) continue;
    const { hash } = proven(parts);
    const before = parts.metadata.slice(0, parts.metadata.lastIndexOf(',"hash":'));
    const changed =
      previous === null
        ? before.replace(/"request-id":"req_/, '"request-id":"req_1')
        : before.replace(/"previous-hash":"[0-9a-f]*"/, `"previous-hash":"${previous}"`);
    previous = hashOfTexts(parts.stream, parts.revision, parts.type, parts.eventId, parts.data, `${changed}}`);
    lines[at] = line.replace(written(parts.metadata), () => written(`${changed},"hash":"${previous}"}`));
    if (hash === previous) throw new Error('Nothing was changed.');
  }
  return { bytes: joined(lines), lines: [first + 1], event: eventOn(lines[first] as string, original) };
};

/** An organization is called otherwise, everywhere: only the signature at the end covers that. */
const renaming: Manipulation = ({ bytes }) => {
  const text = bytes.toString();
  const changed = text.replaceAll(/Acme|Globex/g, 'Initech');
  return changed === text ? null : { bytes: Buffer.from(changed), lines: null, event: null };
};

/** A text is said to be redacted that is not. */
const hiding: Manipulation = ({ bytes, format }) => {
  if (format.name === 'csv') return null;
  const text = bytes.toString();
  const changed = text
    .replaceAll(/"text":\{"text":.*?"salt":"[0-9a-f]{64}"\}/g, '"text":"redacted"')
    .replaceAll(
      /(?<="summary":".*?(?:named|reason) )\\".*?\\"(?= (?:to .*? for |with key|as user|as system))/g,
      '(redacted)',
    );
  return changed === text ? null : { bytes: Buffer.from(changed), lines: null, event: null };
};

/** The beginning of one export and the rest of another. */
const mixture: Manipulation = (original, chance, other) => {
  const [one, two] = [linesOf(original), linesOf(other)];
  const at = 1 + chance(Math.max(one.length, two.length) - 1);
  return { bytes: joined([...one.slice(0, at), ...two.slice(at)]), lines: null, event: null };
};

/** The beginning and the end are those of another export: what was signed, but not of these events. */
const frame: Manipulation = (original, chance, other) => {
  const [lines, others] = [linesOf(original), linesOf(other)];
  const both = chance(3);
  if (both !== 0) lines[0] = others[0] as string;
  if (both !== 1) lines[lines.length - 1] = others.at(-1) as string;
  return { bytes: joined(lines), lines: null, event: null };
};

export const manipulations: Record<string, Manipulation> = {
  'a flipped byte of data': flip('data'),
  'a flipped byte of metadata': flip('metadata'),
  'a flipped byte of a hash': flip('hash'),
  'a flipped byte of an envelope': flip('envelope'),
  'a flipped byte of a text': flip('text'),
  'a flipped byte of a proof': flip('proof'),
  'a flipped byte of a sentence': flip('summary'),
  'a flipped byte anywhere': flip('all'),
  'a flipped byte of the beginning': flipOf('first'),
  'a flipped byte of the end': flipOf('last'),
  'a line deleted': deletion,
  'a line inserted': insertion,
  'two lines swapped': swap,
  'the file cut off': truncation,
  'an event changed, hashed and chained anew': rechaining,
  'an organization renamed': renaming,
  'texts hidden': hiding,
  'two exports mixed': mixture,
  'the frame of another export': frame,
};

/** The event of a line; null where it is of none. */
function eventOn(line: string, { format }: SampleExport): string | null {
  const parts = format.readEvent(line);
  return parts && nameIn(line);
}

const streamIn = (line: string): string => /connection-[0-9A-Za-z]{1,64}(?=["',])/.exec(line)?.[0] ?? '';
