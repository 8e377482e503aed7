import { DatabaseUnavailable } from '@connections/database/unusable';
import { StoreUnavailable } from '@connections/event-store/event-store';
import { failureOf } from './failures';

describe('what is told of a server that is away', () => {
  const environment = process.env;
  beforeEach(() => {
    process.env = {
      ...environment,
      EVENTSTORE_URL: 'esdb://ops:secret@events.example:2113?tls=true',
      DATABASE_URL: 'postgresql://service:secret@db.example:5432/connections',
    };
  });
  afterEach(() => {
    process.env = environment;
  });

  it.each([
    [
      new StoreUnavailable('The event store cannot serve now: 14 UNAVAILABLE: events.example:2113; nothing was read.'),
      'The event store cannot serve now: 14 UNAVAILABLE: events.example:2113; nothing was read. It is events.example:2113. Run "doctor" to see what is wrong.',
    ],
    [
      new DatabaseUnavailable('The database cannot do its work now: read ECONNRESET'),
      'The database cannot do its work now: read ECONNRESET. It is db.example:5432/connections. Run "doctor" to see what is wrong.',
    ],
    [
      new DatabaseUnavailable('PostgreSQL at db.example:5432/connections cannot be reached now. Start it.'),
      'PostgreSQL at db.example:5432/connections cannot be reached now. Start it.',
    ],
  ])('says where it is and what to do: %s', (error, details) => {
    expect(failureOf(error)).toMatchObject({ details, exitCode: 1 });
  });
});
