import { MissingKeys } from '@connections/audit/key-file';
import { type KnownKey, KnownKeys, keysKnownTo } from '@connections/audit/known-keys';
import { parseVerifierKey, type SignerKey, verifierLine } from '@connections/audit/signed-note';
import { keyFileOf } from '@connections/host/audit';
import { configurationFrom } from '@connections/host/configuration';
import { MissingData } from '@connections/host/existing-stores';
import { Failed } from './failed';
import { type Answer, table } from './terminal';
import { withExistingStores } from './with-stores';

/** Creates the first key of a log. */
export async function createKey(name: string): Promise<Answer> {
  const file = keyFileOf(configurationFrom(process.env));
  const other = (await knownKeys()).map(({ line }) => parseVerifierKey(line)).find((known) => known.name !== name);
  if (other !== undefined) {
    throw new Failed(
      'other-origin',
      `Checkpoints of this log are of ${other.name}, and a log keeps its name: restore its key, or create one with --name ${other.name}.`,
    );
  }
  const key = file.create(name);
  if (key === null) {
    throw new Failed('key-exists', `${file.path} is there already and was left as it is. See "audit key list".`);
  }
  return made(key, `It is in ${file.path}: keep a copy where nobody else can read it.`);
}

/** Adds a key that signs along with the existing ones. */
export async function rotateKey(): Promise<Answer> {
  const file = keyFileOf(configurationFrom(process.env));
  const key = file.add();
  return made(key, 'Both sign from now on. Once everybody who verifies has the new one, retire the old one.');
}

/** Retires a key: it no longer signs, and what it signed stays verifiable. */
export async function retireKey(id: string): Promise<Answer> {
  const file = keyFileOf(configurationFrom(process.env));
  const key = await withExistingStores(({ database }) => new KnownKeys(database.as(), file).retire(id));
  return { document: { data: resourceOf(key, false) }, text: `${key.line}\n\nIt signs no more.` };
}

/** Every key that signs, or once did. */
export async function listKeys(): Promise<Answer> {
  const file = keyFileOf(configurationFrom(process.env));
  const signing = signingIn(() => file.read()).map(verifierLine);
  const known = await knownKeys();
  const unknown = signing.filter((line) => !known.some((key) => key.line === line));
  const keys = [...known, ...unknown.map((line) => ({ line, knownSince: null, retiredAt: null }))];
  return {
    document: { data: keys.map((key) => resourceOf(key, key.retiredAt === null && signing.includes(key.line))) },
    text:
      keys.length === 0
        ? 'There are no keys yet. Make one by "audit key create --name <log>".'
        : table(
            ['STATE', 'KNOWN SINCE', 'KEY TO VERIFY WITH'],
            keys.map((key) => [stateOf(key, signing.includes(key.line)), key.knownSince, key.line]),
          ),
  };
}

type Listed = Omit<KnownKey, 'knownSince'> & { readonly knownSince: string | null };

/** The known keys; none if nothing is stored yet. */
async function knownKeys(): Promise<KnownKey[]> {
  try {
    return await withExistingStores(({ database }) => keysKnownTo(database.as()));
  } catch (error) {
    if (error instanceof MissingData) return [];
    throw error;
  }
}

function signingIn(read: () => SignerKey[]): SignerKey[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MissingKeys) return [];
    throw error;
  }
}

function stateOf({ retiredAt }: Listed, signs: boolean): string {
  if (retiredAt !== null) return `retired ${retiredAt}`;
  return signs ? 'signs' : 'not in the key file';
}

function made(key: SignerKey, what: string): Answer {
  const line = verifierLine(key);
  return {
    document: { data: resourceOf({ line, knownSince: null, retiredAt: null }, true) },
    text: `${line}\n\nThis line is for those who verify. ${what}`,
  };
}

function resourceOf({ line, knownSince, retiredAt }: Listed, signs: boolean): object {
  const { name, id } = parseVerifierKey(line);
  const attributes = { name, 'verifier-key': line, signs, 'known-since': knownSince, 'retired-at': retiredAt };
  return { type: 'audit/keys', id, attributes };
}
