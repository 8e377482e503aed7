import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from './reason-of';
import { generateSignerKey, MalformedNote, parseSignerKey, type SignerKey } from './signed-note';

/** The file of signing keys does not exist, cannot be read, or is malformed; the message says what to do. */
export class UnusableKeys extends Error {}

/** In milliseconds: how long to wait while another process changes the keys, and how often to check. */
const LONGEST_WAIT = 3_000;
const LOOK_EVERY = 10;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Creates an empty file. @returns false if it already exists. */
function isMade(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** There is no file of signing keys. */
export class MissingKeys extends UnusableKeys {}

/**
 * The keys that sign checkpoints: a file of one key a line, all of the same name, which is the origin of the log. All
 * of them sign. The file is read each time, so that changes to it take effect at once.
 */
export class KeyFile {
  constructor(readonly path: string) {}

  /** At least one key, no duplicates. @throws UnusableKeys */
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

  /** The keys, provided that they belong to this log. @throws UnusableKeys */
  readFor(origin: string): SignerKey[] {
    const keys = this.read();
    if (keys.every(({ name }) => name === origin)) return keys;
    throw new UnusableKeys(
      `${this.path} holds a key of ${keys[0]?.name}, and this is the log ${origin}. Put the key of ${origin} back.`,
    );
  }

  /**
   * Creates the file with one key. An existing file stays as it is. @returns null if the file exists. @throws
   * UnusableKeys
   */
  create(name: string): SignerKey | null {
    const { key, line } = generateSignerKey(name);
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const written = writtenBeside(this.path, [line]);
      try {
        return isLinked(written, this.path) ? key : null;
      } finally {
        rmSync(written);
      }
    } catch (error) {
      throw new UnusableKeys(
        `No signing key can be made in ${this.path}: ${reasonOf(error)}. Give this user write access to its folder, or set AUDIT_KEY_FILE to another file.`,
        { cause: error },
      );
    }
  }

  /** Adds a key of the same name, which signs along with the others. @throws UnusableKeys */
  add(): SignerKey {
    return this.#alone((path) => {
      const [{ name }] = this.read() as [SignerKey];
      const { key, line } = generateSignerKey(name);
      replace(path, [...this.#lines(), line]);
      return key;
    });
  }

  /** Removes a key. @throws UnusableKeys when it is not in the file, or is the only one. */
  remove(id: string): void {
    this.#alone((path) => {
      this.removable(id);
      replace(
        path,
        this.#lines().filter((line) => parseSignerKey(line).id !== id),
      );
    });
  }

  /** A key that can be removed. @throws UnusableKeys when it is not in the file, or is the only one. */
  removable(id: string): SignerKey {
    const keys = this.read();
    const key = keys.find((known) => known.id === id);
    if (key === undefined) {
      throw new UnusableKeys(`${this.path} has no key ${id}. It has ${keys.map((known) => known.id).join(', ')}.`);
    }
    if (keys.length > 1) return key;
    throw new UnusableKeys(`${id} is the only key in ${this.path}. Make another one first, by "audit key rotate".`);
  }

  /**
   * Changes the file while no other process does: otherwise the other's change would be lost. A symbolic link is
   * resolved first, so that it stays in place and all processes use the same lock.
   * @throws UnusableKeys if the lock stays taken.
   */
  #alone<T>(change: (path: string) => T): T {
    // Read first: an error about the file itself says more than one about a lock that cannot be created beside it.
    this.read();
    const path = realpathSync(this.path);
    try {
      return whileLocked(`${path}.lock`, () => change(path));
    } catch (error) {
      if (error instanceof UnusableKeys) throw error;
      throw new UnusableKeys(`The signing keys in ${path} cannot be changed: ${reasonOf(error)}.`, { cause: error });
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
}

/** @throws UnusableKeys when another process holds the lock for too long. */
function whileLocked<T>(lock: string, work: () => T): T {
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
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Replaces the file; the same users can read it as before. @throws UnusableKeys */
function replace(path: string, lines: readonly string[]): void {
  renameSync(writtenBeside(path, lines, statSync(path)), path);
  keepName(path);
}

/**
 * Gives a file another name. Unlike a rename, a link never replaces another file. @returns false if one exists there.
 */
function isLinked(from: string, path: string): boolean {
  try {
    linkSync(from, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  keepName(path);
  return true;
}

/** A file's name is durable once its folder is flushed: no key may sign that a power failure takes away. */
function keepName(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * A new file beside the real one, durable when this returns. It gets the permissions of another file, or else is
 * readable by its owner alone.
 */
function writtenBeside(path: string, lines: readonly string[], like?: Stats): string {
  const beside = `${path}.${randomUUID()}`;
  const file = openSync(beside, 'wx', 0o600);
  try {
    if (like !== undefined) giveRights(file, like, path);
    writeFileSync(file, `${lines.join('\n')}\n`, { flush: true });
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return beside;
}

/** As root, this process creates files that the service's user could not read. @throws UnusableKeys */
function giveRights(file: number, { uid, gid, mode }: Stats, path: string): void {
  const made = fstatSync(file);
  try {
    if (made.uid !== uid || made.gid !== gid) fchownSync(file, uid, gid);
  } catch (error) {
    throw new UnusableKeys(
      `The signing keys in ${path} belong to the user ${uid} and the group ${gid}, who could not read what this user writes. Nothing was changed; run this as that user, or as root.`,
      { cause: error },
    );
  }
  fchmodSync(file, mode & 0o777);
}
