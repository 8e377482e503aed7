import { join } from 'node:path';
import { makePairs } from './canned.mts';
import type { Visit, Visited } from './browser.ts';
import type { Options } from './options.mts';
import { makeParties, type Parties } from './parties.mts';
import { Browser } from './servers.mts';
import { startService } from './service.mts';
import { type Spread, spreadOf } from './statistics.mts';

/** What visits to one page took, over all rounds. */
export interface DashboardFigure {
  readonly page: string;
  /** Milliseconds to the first contentful paint, and until the page shows what it is for. */
  readonly firstPaint: Spread;
  readonly shown: Spread;
  /** Bytes of JavaScript until then, gzipped. */
  readonly script: number;
  /** Cumulative layout shift: the worst of all rounds. */
  readonly shift: number;
  /** What was done there and took longest until it could be seen, in milliseconds. */
  readonly slowest: { readonly deed: string; readonly took: Spread } | null;
}

/** As a machine is that people have, beside the one that this runs on. */
const SLOWNESS = 4;
const CONNECTIONS = 200;

/** Pages of the dashboard in a real browser without anything in its cache, beside a page that has nothing in it. */
export async function dashboardFigures({ rounds }: Options, folder: string): Promise<DashboardFigure[]> {
  const dataDir = join(folder, 'dashboard');
  const parties = await makeParties(dataDir, 20, 10);
  const service = await startService(dataDir);
  const browser = new Browser();
  const url = `http://127.0.0.1:${service.port}`;
  try {
    const [pair] = await makePairs(service.port, parties, CONNECTIONS, true);
    if (pair === undefined) throw new Error('No connection was made.');
    const person = await newPerson(url, pair.source);
    const own = `/o/${pair.sourceId}/connections`;
    const visits: readonly Pick<Visit, 'page' | 'path' | 'person'>[] = [
      { page: 'bare', path: '/', person: null },
      { page: 'sign-in', path: '/sign-in', person: null },
      { page: 'connections', path: own, person },
      { page: 'connection', path: `${own}/${pair.id}`, person },
    ];
    const seen = visits.map((): Visited[] => []);
    // The first round starts the browser, and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, visit] of visits.entries()) {
        const visited = await browser.visit({ ...visit, url, slowness: SLOWNESS });
        if (round > 0) seen[index]?.push(visited);
      }
    }
    return visits.map(({ page }, index) => figureOf(page, seen[index] ?? []));
  } finally {
    browser.stop();
    await service.stop();
  }
}

function figureOf(page: string, seen: readonly Visited[]): DashboardFigure {
  const deeds = Object.keys(seen[0]?.deeds ?? {}).map((deed) => ({
    deed,
    took: spreadOf(seen.map((visited) => visited.deeds[deed] ?? Number.NaN)),
  }));
  const [slowest = null] = deeds.toSorted((one, other) => other.took.median - one.took.median);
  return {
    page,
    firstPaint: spreadOf(seen.map(({ firstPaint }) => firstPaint)),
    shown: spreadOf(seen.map(({ shown }) => shown)),
    script: Math.max(...seen.map(({ script }) => script)),
    shift: Math.max(...seen.map(({ shift }) => shift)),
    slowest,
  };
}

/** Somebody who belongs to the organization of a key. */
async function newPerson(url: string, key: Parties['parties'][number]['key']): Promise<NonNullable<Visit['person']>> {
  const person = { email: 'visitor@example.org', password: 'correct horse battery staple' };
  const post = async (path: string, attributes: object, headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ data: { attributes } }),
    });
    if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const invitation = { email: person.email, role: 'admin' };
  const { data } = (await post('invitations', invitation, { authorization: `Bearer ${key}` })) as {
    data: { attributes: { link: string } };
  };
  const token = new URL(data.attributes.link).hash.slice(1);
  await post('invitations/accept', { token, name: 'Visitor', password: person.password }, { origin: url });
  return person;
}
