import type { Page } from 'playwright-core';
import type { Client } from './client';

/** A person who can sign in. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

let count = 0;

/** A new person, invited by an organization and joined. @param admin a client with the key of one of its admins. */
export async function newPerson(admin: Client, role: string, name = 'Robin Doe'): Promise<Person> {
  const person = { name, email: `person-${(count += 1)}@example.org`, password: 'correct horse battery staple' };
  await join(admin, role, person, { name });
  return person;
}

/** Makes a person a member of one more organization. */
export async function join(admin: Client, role: string, person: Person, attributes: object = {}): Promise<void> {
  const token = new URL(await invite(admin, role, person.email)).hash.slice(1);
  const accepted = await admin.post('/api/v1/invitations/accept', {
    headers: { origin: admin.url, authorization: '' },
    body: { data: { attributes: { token, password: person.password, ...attributes } } },
  });
  if (accepted.status !== 201) throw new Error(`An invitation was answered ${accepted.status} ${accepted.text}`);
}

/** Invites somebody. @returns the link that they would be sent. */
export async function invite(admin: Client, role: string, email: string): Promise<string> {
  const made = await admin.post('/api/v1/invitations', { body: { data: { attributes: { email, role } } } });
  if (made.status !== 201) throw new Error(`Nobody could be invited: ${made.status} ${made.text}`);
  return made.body.data.attributes.link as string;
}

/** Signs in without the form, with the same request that the page makes. */
export async function signIn(page: Page, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.goto('/livez');
  const status = await page.evaluate(
    async (attributes) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ data: { attributes } });
      return (await fetch('/api/v1/session', { method: 'POST', headers, body })).status;
    },
    { email, password },
  );
  if (status !== 201) throw new Error(`Signing in was answered ${status}.`);
}
