import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { MalformedNote } from '@connections/audit/signed-note';
import { readBegun } from '@connections/audit/export/framing';
import type { ExportFormat } from '@connections/audit/export/records';
import { Failed } from './failed';

/** No export begins with a longer line. */
const LONGEST_BEGINNING = 2 ** 16;

/** What is in an export that was broken off. */
interface There {
  readonly bytes: number;
  readonly digest: string;
}

/**
 * An export that is under way, until it is whole: a file beside the one that it will be. The same export is the same
 * bytes, so each byte is written at its place: whoever else makes the same one meanwhile writes the same there.
 */
export class PartFile {
  constructor(
    /** Where the export will be. */
    readonly file: string,
    readonly path = `${file}.part`,
  ) {}

  /** The size of the checkpoint that the export was begun with; null where none was begun. @throws Failed when it is something else. */
  async begunWith(format: ExportFormat): Promise<number | null> {
    if (!existsSync(this.path)) return null;
    // To read from a pipe would wait for whoever writes into it.
    if (!lstatSync(this.path).isFile()) throw this.#isOther();
    const handle = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_BEGINNING), 0, LONGEST_BEGINNING, 0);
      const text = buffer.toString('utf8', 0, bytesRead);
      const begin = format.head.length;
      const json = format.readFraming('begun', text.slice(begin, text.indexOf('\n', begin) + 1));
      return json === null ? null : (readBegun(json)?.frame.size ?? null);
    } catch (error) {
      if (error instanceof MalformedNote) throw this.#isOther();
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** Goes on with what is there, or begins. @throws Failed when it is not the beginning of the same export. */
  async open(signal: AbortSignal): Promise<OpenPart> {
    const there = await this.#there(signal);
    // One that nothing was written to yet may be another process's, which then sees that it was taken away.
    if (there?.bytes === 0) await rm(this.path);
    const handle = await open(this.path, there === null || there.bytes === 0 ? 'wx' : 'r+', 0o600);
    return new OpenPart(handle, there ?? (await digestOf([])), this.path, () => this.#isOther());
  }

  /** Gives the export its name, unless something else has it by now. @throws Failed */
  async finish(): Promise<void> {
    try {
      // Unlike a rename, a link never takes the place of another file.
      await link(this.path, this.file);
      await rm(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(this.file)) throw this.isThere();
      // Not every file system has links.
      await rename(this.path, this.file);
    }
  }

  isThere(): Failed {
    return new Failed('file-exists', `${this.file} is there already. Name another file, or take it away.`);
  }

  async #there(signal: AbortSignal): Promise<There | null> {
    if (!existsSync(this.path)) return null;
    return digestOf(createReadStream(this.path, { signal }) as AsyncIterable<Buffer>);
  }

  #isOther(): Failed {
    return new Failed(
      'other-part',
      `${this.path} is not the beginning of this export. Take it away and run this again.`,
    );
  }
}

/** An export that is being written. */
export class OpenPart {
  readonly #digest = createHash('sha256');
  #at = 0;
  /** The next piece is made while this one is written. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly handle: FileHandle,
    private readonly there: There,
    private readonly path: string,
    private readonly isOther: () => Failed,
  ) {}

  /** Takes the next piece of the export; what is there already has to be the same. @throws Failed when it is not. */
  async take(piece: Buffer): Promise<void> {
    const { bytes, digest } = this.there;
    const old = Math.min(Math.max(bytes - this.#at, 0), piece.length);
    if (old > 0) this.#digest.update(piece.subarray(0, old));
    if (old > 0 && this.#at + old === bytes && this.#digest.digest('hex') !== digest) throw this.isOther();
    if (old < piece.length) {
      await this.#writing;
      this.#writing = this.#write(piece.subarray(old), this.#at + old);
      // Whether it could be written is asked later; until then Node.js would take it for a fault that nobody handles.
      this.#writing.catch(() => undefined);
    }
    this.#at += piece.length;
  }

  /** Settles once all of it is on the disk. @throws Failed where it is not what was written. */
  async end(): Promise<void> {
    await this.#writing;
    if (this.#at < this.there.bytes) throw this.isOther();
    await this.handle.sync();
    const [ours, named] = [await this.handle.stat(), await stat(this.path).catch(() => null)];
    if (named?.ino === ours.ino && named.size === this.#at) return;
    const details = `${this.path} was written to or taken away by another process meanwhile, perhaps by the same command. Run this again once that is over.`;
    throw new Failed('other-part', details);
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.handle.close();
  }

  async #write(bytes: Buffer, place: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, place + done);
        done += bytesWritten;
      }
    } catch (error) {
      // Of an open file the system does not say which it is.
      throw Object.assign(error as Error, { path: this.path });
    }
  }
}

async function digestOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<There> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, digest: digest.digest('hex') };
}
