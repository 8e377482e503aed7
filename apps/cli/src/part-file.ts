import { createHash, randomUUID } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import { copyFile, type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { readBegun } from '@connections/audit/export/framing';
import type { ExportFormat } from '@connections/audit/export/records';
import { MalformedNote } from '@connections/audit/signed-note';
import { Failed } from './failed';
import { withPath } from './file-problems';

/** The first record of an export is no longer than this, in bytes. */
const LONGEST_BEGINNING = 2 ** 16;

/** The errors of file systems without links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** The state of an interrupted export. */
interface There {
  readonly bytes: number;
  readonly digest: string;
}

/** Identifies a file whatever its name. */
type Inode = bigint;

/**
 * An unfinished export, in a file beside the final one. Only one process writes to it: each process that begins or
 * continues the export puts its own copy in its place, and a process whose copy was replaced fails when it finishes.
 */
export class PartFile {
  constructor(
    /** The path of the finished export. */
    readonly file: string,
    readonly path = `${file}.part`,
  ) {}

  /**
   * The size of the checkpoint of the unfinished export; null if there is none. @throws Failed when the file is
   * something else.
   */
  async begunWith(format: ExportFormat): Promise<number | null> {
    if (!this.#isThere()) return null;
    const handle = await open(this.path, 'r').catch(unlessMissing);
    if (handle === undefined) return null;
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

  /** Continues an unfinished export, or begins one. */
  async open(signal: AbortSignal): Promise<OpenPart> {
    const own = `${this.path}.${randomUUID()}`;
    let handle: FileHandle | undefined;
    try {
      if (this.#isThere()) await copyFile(this.path, own, constants.COPYFILE_FICLONE).catch(unlessMissing);
      handle = await open(own, constants.O_RDWR | constants.O_CREAT, 0o600);
      // A copy has the permissions of the original, but others must not read what is exported.
      await handle.chmod(0o600);
      const there = await digestOf(handle.createReadStream({ autoClose: false, start: 0 }), signal);
      await rename(own, this.path);
      return new OpenPart(handle, there, this.path, () => this.#isOther());
    } catch (error) {
      await handle?.close();
      await rm(own, { force: true });
      if (isFull(error) && this.#isThere()) throw this.#hasNoRoom();
      // Only this process knows the name of its copy, so errors name the real path.
      throw isOf(own, error) ? Object.assign(error, { path: this.path }) : error;
    }
  }

  /**
   * Gives the export its final name, unless that is taken by now. @param written the file that this process wrote.
   * @throws Failed
   */
  async finish(written: Inode): Promise<void> {
    try {
      // Unlike a rename, a link never replaces another file.
      await link(this.path, this.file);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw this.#nameIsTaken();
      this.refuseTaken();
      if (code === 'ENOENT' || (await inodeAt(this.path)) !== written) throw taken(this.path);
      if (!NO_LINKS.includes(code)) throw error;
      return rename(this.path, this.file);
    }
    if ((await inodeAt(this.file)) !== written) {
      // Another process has begun the export again in between.
      await rm(this.file, { force: true });
      throw taken(this.path);
    }
    await rm(this.path, { force: true });
  }

  /** @throws Failed when the name is taken, even by a link that leads nowhere. */
  refuseTaken(): void {
    if (lstatSync(this.file, { throwIfNoEntry: false }) !== undefined) throw this.#nameIsTaken();
  }

  #nameIsTaken(): Failed {
    return new Failed('file-exists', `${this.file} is there already. Name another file, or take it away.`);
  }

  /** @throws Failed when the path is no file; reading from a pipe would wait for a writer. */
  #isThere(): boolean {
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    if (there?.isFile() === false) throw this.#isOther();
    return there !== undefined;
  }

  #hasNoRoom(): Failed {
    const advice = 'Free some and run this again, or take it away, and the export begins anew.';
    return new Failed('unusable-file', `There is no space left for the copy of ${this.path} to go on with. ${advice}`);
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
  /** The next piece is generated while this one is written. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly handle: FileHandle,
    private readonly there: There,
    private readonly path: string,
    private readonly isOther: () => Failed,
  ) {}

  /** Takes the next piece of the export. What was written earlier has to be the same. @throws Failed when it is not. */
  async take(piece: Buffer): Promise<void> {
    const { bytes, digest } = this.there;
    const old = Math.min(Math.max(bytes - this.#at, 0), piece.length);
    if (old > 0) this.#digest.update(piece.subarray(0, old));
    if (old > 0 && this.#at + old === bytes && this.#digest.digest('hex') !== digest) throw this.isOther();
    if (old < piece.length) {
      await this.#writing;
      this.#writing = this.#write(piece.subarray(old), this.#at + old);
      // A failed write is reported later; until then Node.js would treat it as unhandled.
      this.#writing.catch(() => undefined);
    }
    this.#at += piece.length;
  }

  /**
   * Settles once everything is on disk. @returns the inode of the file. @throws Failed when another file is in its
   * place.
   */
  async end(): Promise<Inode> {
    await this.#writing;
    if (this.#at < this.there.bytes) throw this.isOther();
    await this.handle.sync();
    const { ino, size } = await this.handle.stat({ bigint: true });
    if ((await inodeAt(this.path)) !== ino || Number(size) !== this.#at) throw taken(this.path);
    return ino;
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
      throw withPath(error, this.path);
    }
  }
}

const taken = (path: string): Failed =>
  new Failed(
    'part-taken',
    `${path} was taken away or written to by another process meanwhile, perhaps by the same command. Run this again once that is over.`,
  );

const isOf = (path: string, error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && (error as NodeJS.ErrnoException).path === path;

const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

const inodeAt = (path: string): Promise<Inode | null> =>
  stat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => null,
  );

/** Another process may have finished it, or removed it. */
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function digestOf(chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<There> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, digest: digest.digest('hex') };
}
