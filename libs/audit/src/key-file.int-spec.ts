import fs, {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runChild } from '@connections/event-store/testing/child-process';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder';
import { KeyFile, MissingKeys, UnusableKeys } from './key-file';
import { generateSignerKey } from './signed-note';

describe('the file of signing keys', () => {
  let folder: TemporaryFolder;
  let file: KeyFile;
  beforeEach(() => {
    folder = temporaryFolder();
    file = new KeyFile(join(folder.path, 'made', 'audit.key'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    folder.remove();
  });

  it('is its owner’s alone, folder and all, also after a change, and leaves nothing beside it', () => {
    const made = file.create('log.example');
    expect(file.read()).toEqual([made]);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    file.add();
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder.path, 'made'))).toEqual(['audit.key']);
  });

  it('is there under its name after a power failure, as soon as a key was made, added or taken out', () => {
    const synced: boolean[] = [];
    const sync = fs.fsyncSync;
    jest.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
      sync(descriptor);
      const isFolder = fs.fstatSync(descriptor).ino === statSync(join(folder.path, 'made')).ino;
      if (isFolder) synced.push(readdirSync(join(folder.path, 'made')).includes('audit.key'));
    });
    const first = file.create('log.example');
    expect(synced).toEqual([true]);
    file.add();
    file.remove(first!.id);
    expect(synced).toEqual([true, true, true]);
  });

  it('loses no key where several processes add theirs at the same time', async () => {
    const first = file.create('log.example');
    const adding = Array.from({ length: 4 }, () =>
      runChild(join(__dirname, 'testing', 'add-keys.ts'), [file.path, '10']),
    );
    const added = (await Promise.all(adding)).flatMap(({ lines, stderr }) => {
      expect(stderr).toBe('');
      return lines;
    });
    expect(added).toHaveLength(40);
    expect(new Set(file.read().map(({ id }) => id))).toEqual(new Set([first!.id, ...added]));
    expect(readdirSync(join(folder.path, 'made'))).toEqual(['audit.key']);
  });

  it('is not changed while another command is at it, by whatever name, which says what to do where none is', () => {
    const first = file.create('log.example');
    const link = new KeyFile(join(folder.path, 'audit.key'));
    symlinkSync(file.path, link.path);
    writeFileSync(`${file.path}.lock`, '');
    expect(() => link.add()).toThrow(`${file.path}.lock says that another command is changing the keys.`);
    expect(file.read()).toEqual([first]);
    rmSync(`${file.path}.lock`);
    const second = file.add();
    expect(file.read()).toEqual([first, second]);
  });

  it('is changed where a link leads to it, for all who read it', () => {
    const first = file.create('log.example');
    const link = new KeyFile(join(folder.path, 'audit.key'));
    symlinkSync(file.path, link.path);
    const second = link.add();
    expect(file.read()).toEqual([first, second]);
    expect(lstatSync(link.path).isSymbolicLink()).toBe(true);
    link.remove(first!.id);
    expect(file.read()).toEqual([second]);
    expect([readdirSync(folder.path), readdirSync(join(folder.path, 'made'))]).toEqual([
      ['audit.key', 'made'],
      ['audit.key'],
    ]);
  });

  describe('of somebody else', () => {
    beforeEach(() => {
      file.create('log.example');
      chmodSync(file.path, 0o640);
      const stat = fs.statSync;
      jest
        .spyOn(fs, 'statSync')
        .mockImplementation(((path: string) =>
          Object.assign(stat(path), { uid: 65_534, gid: 65_533 })) as typeof statSync);
    });

    it('stays theirs, and readable by the same others', () => {
      const given = jest.spyOn(fs, 'fchownSync').mockReturnValue();
      file.add();
      expect(given).toHaveBeenCalledWith(expect.any(Number), 65_534, 65_533);
      expect(lstatSync(file.path).mode & 0o777).toBe(0o640);
    });

    it('stays as it is where they could not read it afterwards', () => {
      const before = readFileSync(file.path, 'utf8');
      jest.spyOn(fs, 'fchownSync').mockImplementation(() => {
        throw Object.assign(new Error('EPERM: operation not permitted, fchown'), { code: 'EPERM' });
      });
      expect(() => file.add()).toThrow(`${file.path} belong to the user 65534 and the group 65533, who could not read`);
      expect(readFileSync(file.path, 'utf8')).toBe(before);
      expect(readdirSync(join(folder.path, 'made'))).toEqual(['audit.key']);
    });
  });

  it('says which file it is that cannot be made', () => {
    writeFileSync(join(folder.path, 'made'), '');
    expect(() => file.create('log.example')).toThrow(UnusableKeys);
    expect(() => file.create('log.example')).toThrow(
      `No signing key can be made in ${file.path}: EEXIST: file already exists.`,
    );
  });

  it('is never written over', () => {
    file.create('log.example');
    const before = readFileSync(file.path, 'utf8');
    expect(file.create('other.example')).toBeNull();
    expect(readFileSync(file.path, 'utf8')).toBe(before);
    expect(readdirSync(join(folder.path, 'made'))).toEqual(['audit.key']);
  });

  it('stays as it is, with nothing beside it, where there is no space for another', () => {
    file.create('log.example');
    const before = readFileSync(file.path, 'utf8');
    const write = fs.writeFileSync;
    jest.spyOn(fs, 'writeFileSync').mockImplementation((path) => {
      write(path, '');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    expect(() => file.add()).toThrow(`The signing keys in ${file.path} cannot be changed: no space left on device.`);
    expect(readFileSync(file.path, 'utf8')).toBe(before);
    expect(readdirSync(join(folder.path, 'made'))).toEqual(['audit.key']);
  });

  it('takes a second key and gives up the first, but never the last', () => {
    const first = file.create('log.example');
    const second = file.add();
    expect(file.read()).toEqual([first, second]);
    file.remove(first!.id);
    expect(file.read()).toEqual([second]);
    expect(() => file.remove(first!.id)).toThrow(`has no key ${first!.id}. It has ${second.id}.`);
    expect(() => file.remove(second.id)).toThrow('is the only key');
  });

  it('says what is wrong with it, and shows no secret', () => {
    expect(() => file.read()).toThrow(MissingKeys);
    const { line } = generateSignerKey('log.example');
    file.create('log.example');
    writeFileSync(file.path, '\n');
    expect(() => file.read()).toThrow('is empty');
    writeFileSync(file.path, `${line}\n${generateSignerKey('other.example').line}\n`);
    expect(() => file.read()).toThrow('holds keys of log.example and of other.example');
    writeFileSync(file.path, `${line}\n${line}x\n`);
    expect(() => file.read()).toThrow(UnusableKeys);
    expect(() => file.read()).toThrow(/^Line 2 of .* is no signing key: A signing key is written PRIVATE\+KEY\+<name>/);
    writeFileSync(file.path, `${line}\r\n${line}\r\n`);
    expect(file.read()).toHaveLength(1);
    expect(file.readFor('log.example')).toEqual(file.read());
    expect(() => file.readFor('other.example')).toThrow(
      'holds a key of log.example, and this is the log other.example',
    );
    rmSync(file.path);
    mkdirSync(file.path);
    expect(() => file.read()).toThrow('cannot be read: EISDIR');
  });
});
