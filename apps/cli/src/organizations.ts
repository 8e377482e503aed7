import { type Organization, Organizations } from '@connections/directory/organizations';
import { organizationResourceOf } from '@connections/directory/resources';
import { withExistingStores, withStores } from './with-stores';
import { Failed } from './failed';
import { pageAnswer, type PageOptions } from './pages';
import { type Answer, properties, table } from './terminal';

/** Creates an organization, and first the data folder and the tables if there are none. */
export async function createOrganization(name: string): Promise<Answer> {
  const organization = await withStores(({ database }) => new Organizations(database.as()).create(name, new Date()));
  return {
    document: { data: organizationResourceOf(organization) },
    text: properties([
      ['Organization', organization.id],
      ['Name', organization.name],
      ['Created', organization.createdAt],
    ]),
  };
}

/** Newest first. */
export async function listOrganizations(page: PageOptions): Promise<Answer> {
  const found = await withExistingStores(async ({ database }) => {
    const organizations = new Organizations(database.as());
    const after = page.after === undefined ? undefined : await existing(organizations, page.after);
    return organizations.list({ size: page.limit + 1, after });
  });
  return pageAnswer(found, page, {
    resource: organizationResourceOf,
    table: (shown) =>
      table(
        ['ORGANIZATION', 'NAME', 'CREATED'],
        shown.map(({ id, name, createdAt }) => [id, name, createdAt]),
      ),
    none: page.after === undefined ? 'There are no organizations yet.' : 'There are no more organizations.',
  });
}

/** @throws Failed when there is no such organization. */
export async function existing(organizations: Organizations, id: string): Promise<Organization> {
  const found = await organizations.find(id);
  if (found !== null) return found;
  throw new Failed('unknown-organization', `There is no organization ${id}. See "organization list".`);
}
