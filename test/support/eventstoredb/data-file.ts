import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { StoredEvent } from './stored-event';

/** A file with everything that was written, one transaction a line, so that a server that was killed finds it again. */
export class DataFile {
  private readonly file: number;

  constructor(private readonly path: string) {
    this.file = openSync(path, 'a');
  }

  /** The content of complete lines; a line that breaks off was never acknowledged. */
  read(): readonly StoredEvent[] {
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    return lines.flatMap((line) => JSON.parse(line, revive) as StoredEvent[]);
  }

  append(events: readonly StoredEvent[]): void {
    writeSync(this.file, `${JSON.stringify(events, replace)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: value.toString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('bigint' in value && typeof value.bigint === 'string') return BigInt(value.bigint);
  if ('bytes' in value && typeof value.bytes === 'string') return new Uint8Array(Buffer.from(value.bytes, 'base64'));
  return value;
}
