import { filesOf, type Places } from './stores';

/** Where the log and the database are, safe to show to anybody: without users, passwords and options. */
export function placeNames({ DATA_DIR, EVENTSTORE_URL, DATABASE_URL }: Places): { log: string; database: string } {
  const files = filesOf(DATA_DIR);
  return {
    log: EVENTSTORE_URL === undefined ? files.log : (serverIn(EVENTSTORE_URL) ?? 'the server in EVENTSTORE_URL'),
    database: DATABASE_URL === undefined ? files.database : databaseIn(DATABASE_URL),
  };
}

/** Hosts and ports, and the path if there is one. Null if it could contain part of an unencoded password. */
function serverIn(url: string): string | null {
  const [front = '', options = ''] = url.split(/\?(.*)/s, 2);
  if (options.includes('@') && !front.includes('@')) return null;
  const server = front.slice(Math.max(front.indexOf('//') + 2, front.lastIndexOf('@') + 1)).replace(/\/$/, '');
  return server === '' ? null : server;
}

/** A socket is named by an option of the URL. */
function databaseIn(url: string): string {
  const server = serverIn(url);
  const host = URL.canParse(url) ? new URL(url).searchParams.get('host') : null;
  if (server === null) return host ?? 'the server in DATABASE_URL';
  return host === null ? server : server.replace(/^[^/]*/, host);
}
