import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { generateSignerKey, MalformedNote, parseSignerKey, type SignerKey } from './signed-note';

/** The file of the signing keys is not there, cannot be read, or holds something else; the message says what to do. */
export class UnusableKeys extends Error {}

/** How long a change of the keys by another process is waited for, and how often it is looked whether it is over, in milliseconds. */
const LONGEST_WAIT = 3_000;
const LOOK_EVERY = 10;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Makes an empty file. @returns false where there is one already. */
function isMade(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new UnusableKeys(`The signing keys cannot be changed: ${message}.`);
  }
}

/** There is no file of signing keys. */
export class MissingKeys extends UnusableKeys {}

/**
 * The keys that sign checkpoints: a file of one line a key, all of one name, which is the origin of the log. Every one
 * of them signs. It is read anew each time, so that what is changed in it holds from then on.
 */
export class KeyFile {
  constructor(readonly path: string) {}

  /** At least one key, none of them twice. @throws UnusableKeys */
  read(): SignerKey[] {
    const read = this.#lines().map((line, index) => {
      try {
        return parseSignerKey(line);
      } catch (error) {
        if (!(error instanceof MalformedNote)) throw error;
        throw new UnusableKeys(`Line ${index + 1} of ${this.path} is no signing key: ${error.message}`);
      }
    });
    const keys = [...new Map(read.map((key) => [key.id, key])).values()];
    const [first] = keys;
    if (first === undefined) throw new UnusableKeys(`${this.path} is empty. Restore it, or make a key anew.`);
    const other = keys.find(({ name }) => name !== first.name);
    if (other === undefined) return keys;
    throw new UnusableKeys(
      `${this.path} holds keys of ${first.name} and of ${other.name}. A log has one name: take one of them out.`,
    );
  }

  /** The same, where they are keys of this log. @throws UnusableKeys */
  readFor(origin: string): SignerKey[] {
    const keys = this.read();
    if (keys.every(({ name }) => name === origin)) return keys;
    throw new UnusableKeys(
      `${this.path} holds a key of ${keys[0]?.name}, and this is the log ${origin}. Put the key of ${origin} back.`,
    );
  }

  /** Makes the file, with one key. One that is there stays as it is. @returns null when there is one. */
  create(name: string): SignerKey | null {
    const { key, line } = generateSignerKey(name);
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const written = this.#written([line]);
    try {
      // Unlike a rename, a link never takes the place of another file.
      linkSync(written, this.path);
      this.#keepName();
      return key;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
      throw error;
    } finally {
      rmSync(written);
    }
  }

  /** Adds a key of the same name, which signs beside the others. @throws UnusableKeys */
  add(): SignerKey {
    return this.#alone(() => {
      const [{ name }] = this.read() as [SignerKey];
      const { key, line } = generateSignerKey(name);
      this.#replace([...this.#lines(), line]);
      return key;
    });
  }

  /** Takes a key out. @throws UnusableKeys when it is not there, or is the only one. */
  remove(id: string): void {
    this.#alone(() => {
      this.removable(id);
      this.#replace(this.#lines().filter((line) => parseSignerKey(line).id !== id));
    });
  }

  /** A key that can be taken out. @throws UnusableKeys when it is not there, or is the only one. */
  removable(id: string): SignerKey {
    const keys = this.read();
    const key = keys.find((known) => known.id === id);
    if (key === undefined) {
      throw new UnusableKeys(`${this.path} has no key ${id}. It has ${keys.map((known) => known.id).join(', ')}.`);
    }
    if (keys.length > 1) return key;
    throw new UnusableKeys(`${id} is the only key in ${this.path}. Make another one first, by "audit key rotate".`);
  }

  /** Changes what is there while no other process does, whose change would be lost. @throws UnusableKeys after a while */
  #alone<T>(change: () => T): T {
    // What is not there, or is something else, tells more of itself than a lock that cannot be made beside it.
    this.read();
    const lock = `${this.path}.lock`;
    const until = performance.now() + LONGEST_WAIT;
    while (!isMade(lock)) {
      if (performance.now() > until) {
        throw new UnusableKeys(
          `${lock} says that another command is changing the keys. Where none is, one was ended in the middle: remove that file, and run this again.`,
        );
      }
      Atomics.wait(never, 0, 0, LOOK_EVERY);
    }
    try {
      return change();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  #lines(): string[] {
    try {
      return readFileSync(this.path, 'utf8')
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') {
        throw new MissingKeys(
          `There is no signing key in ${this.path}. Restore it from a back-up, or set AUDIT_KEY_FILE to the file that has it; where there never was one, make it by "audit key create --name <log>".`,
        );
      }
      throw new UnusableKeys(`The signing keys in ${this.path} cannot be read: ${message}.`);
    }
  }

  #replace(lines: readonly string[]): void {
    renameSync(this.#written(lines), this.path);
    this.#keepName();
  }

  /** A name is on disk once its folder is: no checkpoint may be signed by a key that a power failure takes away. */
  #keepName(): void {
    const folder = openSync(dirname(this.path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  /** A new file beside the real one, for its owner alone, that is on disk when this returns. */
  #written(lines: readonly string[]): string {
    const path = `${this.path}.${randomUUID()}`;
    try {
      writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600, flush: true });
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  }
}
