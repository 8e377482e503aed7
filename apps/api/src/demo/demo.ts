import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiKeys } from '@connections/directory/api-keys';
import { Memberships } from '@connections/directory/memberships';
import { Organizations } from '@connections/directory/organizations';
import { Passwords } from '@connections/directory/passwords';
import { People } from '@connections/directory/people';
import type { Role } from '@connections/directory/roles';
import type { Service } from '../service';

interface Party {
  readonly 'organization-id': string;
  readonly key: string;
}

/** A person who can sign in, as an admin of their organization. */
export interface DemoPerson {
  readonly email: string;
  readonly password: string;
}

interface PartyWithPerson extends Party {
  readonly person: DemoPerson;
}

/** The participants of the demonstration, with working keys. */
export interface Demo {
  readonly url: string;
  readonly source: PartyWithPerson;
  readonly destination: PartyWithPerson;
  readonly third: Party;
  /** Can read everything, and write nothing. */
  readonly auditor: { readonly key: string };
  /** Can manage organizations and keys. */
  readonly platform: { readonly key: string };
}

type Participants = Omit<Demo, 'url'>;

/** The service runs, but refused a request of the demonstration. The message quotes its answer. */
export class DemonstrationFailed extends Error {}

/**
 * Makes sure that the demonstration's organizations, keys, people and example connections exist. Keys and passwords are
 * kept in a file in the data folder that only its owner can read, so that a second start shows the same ones.
 */
export async function prepareDemo(service: Service, dataDir: string): Promise<Demo> {
  const file = join(dataDir, 'demo.json');
  const apiKeys = new ApiKeys(service.stores.database.as());
  const organizations = new Organizations(service.stores.database.as());
  const passwords = new Passwords();
  const people = new People(service.stores.database.as(), passwords);
  const memberships = new Memberships(service.stores.database.as());
  const kept = await readKept(file, apiKeys, people);
  if (kept) return { url: service.url, ...kept };
  // Checked before any secret exists: a secret that cannot be kept would be lost.
  await mkdir(dataDir, { recursive: true });
  await (await open(file, 'a', 0o600)).close();

  const key = async (marker: string, name: string, role: Role, organizationId: string | null): Promise<string> => {
    const terms = { organizationId, role, name, expiresAt: null };
    return (await apiKeys.create(terms, new Date(), `demo ${marker}`)).key;
  };
  const party = async (marker: string, name: string): Promise<Party> => {
    const { id } = await organizations.create(name, new Date(), `demo ${marker}`);
    return { 'organization-id': id, key: await key(marker, `${name} demo`, 'admin', id) };
  };
  const withPerson = async (there: Party, name: string, email: string): Promise<PartyWithPerson> => {
    const password = randomBytes(12).toString('base64url');
    const known = await people.findByEmail(email);
    if (known) await people.setPassword(known.id, password);
    const person =
      known ?? (await people.create({ name, email, passwordHash: await passwords.hash(password) }, new Date()));
    await memberships.add(there['organization-id'], person.id, 'admin', new Date());
    return { ...there, person: { email, password } };
  };
  const [source, destination] = await Promise.all([
    withPerson(await party('source', 'Acme'), 'Ada Acme', 'ada@acme.example'),
    withPerson(await party('destination', 'Globex'), 'Grace Globex', 'grace@globex.example'),
  ]);
  const participants = {
    source,
    destination,
    third: await party('third', 'Initech'),
    auditor: { key: await key('auditor', 'Demo auditor', 'platform-auditor', null) },
    platform: { key: await key('platform', 'Demo platform', 'platform-admin', null) },
  };
  await exampleConnections(
    service.url,
    participants.source,
    await party('partner', 'Hooli'),
    await party('other', 'Umbrella'),
  );
  await writeFile(file, `${JSON.stringify(participants, null, 2)}\n`, { mode: 0o600 });
  return { url: service.url, ...participants };
}

/** Creates one connection in each status, in addition to the pair that the printed commands use. */
async function exampleConnections(url: string, acme: Party, hooli: Party, umbrella: Party): Promise<void> {
  const shared = await create(url, acme, hooli, 'Fraud signals');
  await step(url, hooli, shared, 'activate');
  await create(url, umbrella, acme, 'Onboarding checks');
  const ended = await create(url, acme, umbrella, 'Account hand-over');
  await step(url, umbrella, ended, 'activate');
  await step(url, umbrella, ended, 'deactivate', { reason: 'The trial is over.' });
}

async function create(url: string, from: Party, to: Party, name: string): Promise<string> {
  const attributes = { 'destination-organization-id': to['organization-id'], name };
  const { data, errors } = await post(`${url}/api/v1/connect/connections`, from, attributes);
  // An earlier start that was interrupted may have created it already.
  return data?.id ?? String(errors?.[0]?.meta?.['connection-id']);
}

const step = (url: string, by: Party, id: string, verb: string, attributes: object = {}): Promise<Answer> =>
  post(`${url}/api/v1/connect/connections/${id}/${verb}`, by, attributes);

interface Answer {
  readonly data?: { readonly id: string };
  readonly errors?: readonly { readonly meta?: Readonly<Record<string, unknown>> }[];
}

async function post(url: string, by: Party, attributes: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ data: { attributes } }),
  });
  if (response.ok || response.status === 409) return (await response.json()) as Answer;
  throw new DemonstrationFailed(
    `The demonstration could not be prepared: ${url} answered ${response.status} ${await response.text()}`,
  );
}

const ROLES = ['source', 'destination', 'third', 'auditor', 'platform'] as const;

/** The kept participants, if the file is complete and every key and password in it still works. */
async function readKept(file: string, apiKeys: ApiKeys, people: People): Promise<Participants | null> {
  const kept = await readJson(file);
  for (const role of ROLES) {
    const key = kept?.[role]?.key;
    if (typeof key !== 'string' || (await apiKeys.authenticate(key, Date.now())) === null) return null;
  }
  const signingIn = [kept?.source?.person, kept?.destination?.person].map(
    async (person) => person !== undefined && (await people.authenticate(person.email, person.password)) !== null,
  );
  return (await Promise.all(signingIn)).every(Boolean) ? (kept as Participants) : null;
}

async function readJson(file: string): Promise<Partial<Participants> | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Participants> | null;
  } catch {
    // The file is missing, or was only partly written: new keys are made.
    return null;
  }
}
