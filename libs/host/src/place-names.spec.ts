import { resolve } from 'node:path';
import { placeNames } from './place-names';

const DATA_DIR = 'data';

describe('the names of places', () => {
  it('are files where nothing else is set', () =>
    expect(placeNames({ DATA_DIR })).toEqual({
      log: resolve('data/events.sqlite'),
      database: resolve('data/connections.sqlite'),
    }));

  it.each([
    ['esdb://localhost:2113?tls=false', 'localhost:2113'],
    ['esdb://admin:hidden@a:2113,b:2113/?tlsCAFile=/ca@home.pem', 'a:2113,b:2113'],
    ['esdb+discover://admin:hidden@cluster.example', 'cluster.example'],
    ['esdb://admin:hid@den@a:2113', 'a:2113'],
    ['esdb://admin:hid/den@a:2113', 'a:2113'],
    ['esdb://admin:hid?den@a:2113', 'the server in EVENTSTORE_URL'],
    ['esdb://localhost?tlsCAFile=/ca@home.pem', 'the server in EVENTSTORE_URL'],
    ['esdb://', 'the server in EVENTSTORE_URL'],
  ])('of %s are %s', (EVENTSTORE_URL, log) => expect(placeNames({ DATA_DIR, EVENTSTORE_URL }).log).toBe(log));

  it.each([
    ['postgresql://db:5432/connections', 'db:5432/connections'],
    ['postgres://user:hidden@db/connections?sslmode=require', 'db/connections'],
    ['postgres://user:hidden@localhost:5432/connections?host=/run/pg', '/run/pg/connections'],
    ['postgres://user:hid?den@db/connections', 'the server in DATABASE_URL'],
  ])('of %s are %s', (DATABASE_URL, database) =>
    expect(placeNames({ DATA_DIR, DATABASE_URL }).database).toBe(database),
  );
});
