import type { Page } from 'playwright-core';
import type { DemoPerson } from '../../apps/api/src/demo/demo';
import { Browser } from './browser';
import type { Answer, Client } from './client';

/** A person who can sign in. */
export interface Person extends DemoPerson {
  readonly name: string;
}

let count = 0;

/** Somebody new, and the browser in which they accepted the invitation of an organization. @param admin of it */
export async function joined(
  admin: Client,
  role: string,
  name = 'Robin Doe',
): Promise<{ readonly browser: Browser; readonly person: Person; readonly id: string }> {
  const person = { name, email: `person-${(count += 1)}@example.org`, password: 'correct horse battery staple' };
  const browser = new Browser(admin.url);
  const token = tokenOf(await invited(admin, role, person.email));
  const answer = await browser.post('/invitations/accept', { token, name, password: person.password });
  if (answer.status !== 201) throw new Error(`${person.email} could not join: ${answer.status} ${answer.text}`);
  return { browser, person, id: answer.body.data.attributes.person.id as string };
}

/** Somebody new in an organization. @param admin a client with the key of an admin of it */
export const newPerson = async (admin: Client, role: string, name?: string): Promise<Person> =>
  (await joined(admin, role, name)).person;

/** Invites somebody. @returns the link that they would be sent. */
export const invite = async (admin: Client, role: string, email: string): Promise<string> =>
  linkOf(await invited(admin, role, email));

/** What stands behind the # of an invitation's link. */
export const tokenOf = (invitation: Answer): string => new URL(linkOf(invitation)).hash.slice(1);

const linkOf = (invitation: Answer): string => invitation.body.data.attributes.link as string;

async function invited(admin: Client, role: string, email: string): Promise<Answer> {
  const invitation = await admin.post('/invitations', { body: { data: { attributes: { email, role } } } });
  if (invitation.status !== 201) throw new Error(`Nobody could be invited: ${invitation.status} ${invitation.text}`);
  return invitation;
}

/** Signs in without the form, with the same request that the page makes. */
export async function signIn(page: Page, { email, password }: DemoPerson): Promise<void> {
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
