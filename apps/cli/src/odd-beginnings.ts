import { csv } from '@connections/audit/export/csv';
import { finding } from '@connections/audit/export/findings';

/** How files begin after other programs have altered them, and why that is. */
const ODD: readonly (readonly [beginning: Buffer | RegExp, why: string])[] = [
  [Buffer.from([0xef, 0xbb, 0xbf]), 'It begins with a byte order mark, as some editors write it'],
  [Buffer.from([0xff, 0xfe]), 'It is written in UTF-16, as some editors do'],
  [Buffer.from([0xfe, 0xff]), 'It is written in UTF-16, as some editors do'],
  [Buffer.from([0x1f, 0x8b]), 'It is compressed by gzip: unpack it first'],
  [Buffer.from('PK\u0003\u0004'), 'It is an archive: unpack it first'],
  [
    /^\{[^\n]*\r\n/,
    'Its lines end with CR and LF, as some editors and transfers write them, and those of NDJSON end with LF',
  ],
  [Buffer.from(csv.head.replace('\r\n', '\n')), 'Its lines end with LF, and those of CSV end with CR and LF'],
];

/** How an export begins, in either format. */
const BEGINNINGS = ['{"specversion":', csv.head].map((text) => Buffer.from(text));

/**
 * Passes the pieces of a file on, unless it begins as no export does. @throws NotWhole, which says why if that can be
 * told.
 */
export async function* notOdd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isEmpty = true;
  for await (const chunk of chunks) {
    const why = isEmpty ? oddnessOf(Buffer.from(chunk)) : null;
    if (why !== null) throw finding('not-an-export', { line: 1 }, `${why}. It is not as it was made.`);
    isEmpty = false;
    yield chunk;
  }
  if (isEmpty) throw finding('not-an-export', { line: 1 }, 'It is empty.');
}

function oddnessOf(begin: Buffer): string | null {
  const text = begin.toString('latin1');
  const odd = ODD.find(([beginning]) =>
    beginning instanceof RegExp ? beginning.test(text) : begin.subarray(0, beginning.length).equals(beginning),
  );
  return odd?.[1] ?? (BEGINNINGS.some((known) => beginAlike(begin, known)) ? null : 'It begins as no export does');
}

/** Compares up to the length of the shorter one. */
function beginAlike(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return one.subarray(0, length).equals(other.subarray(0, length));
}
