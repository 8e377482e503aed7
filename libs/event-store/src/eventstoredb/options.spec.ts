import { UnusableEventStore } from './errors';
import { clientSettings } from './options';

describe('the URL of the event store', () => {
  it('names one server', () =>
    expect(clientSettings('esdb://db.example:2114?tls=false')).toMatchObject({
      connection: { endpoint: { address: 'db.example', port: 2114 } },
      channel: { insecure: true },
    }));

  it('names several, of which the leader is preferred', () =>
    expect(clientSettings('esdb://a:1,b:2').connection).toMatchObject({
      endpoints: [
        { address: 'a', port: 1 },
        { address: 'b', port: 2 },
      ],
      nodePreference: 'leader',
    }));

  it('names a cluster by its DNS name', () =>
    expect(clientSettings('esdb+discover://cluster.example').connection).toMatchObject({
      discover: { address: 'cluster.example', port: 2113 },
      nodePreference: 'leader',
    }));

  it('asks for TLS unless it says otherwise', () =>
    expect(clientSettings('esdb://db').channel).toEqual({ insecure: false }));

  it('gives the credentials, percent-decoded', () =>
    expect(clientSettings('esdb://us%40er:p%3A%2Fw@db').credentials).toEqual({ username: 'us@er', password: 'p:/w' }));

  it('may name a file with an @ in it', () =>
    expect(() => clientSettings('esdb://db?tls=true&tlsCAFile=/nowhere/a@b.pem')).toThrow('no file /nowhere/a@b.pem'));

  it.each([
    ['http://db:2113', 'there should be esdb:// or esdb+discover://'],
    ['esdb://user:secret@', 'there should be host'],
    ['esdb://db:port', 'there should be port number'],
    ['esdb://db?tls=maybe', 'there should be true or false'],
    ['esdb://db?tls=true&tlsVerifyCert=false', "give the authority's certificate as tlsCAFile"],
    ['esdb://db?throwOnAppendFailure=false', 'appends must fail where they are not written'],
    ['esdb://db?defaultDeadline=5', "the time limits are the service's own"],
    ['esdb://user:secret@db?colour=blue', 'unknown option colour; known are connectionName'],
    ['esdb://db?tlsCAFile=/nowhere/ca.pem', 'there is no file /nowhere/ca.pem'],
    ['esdb://db?userCertFile=/nowhere/me.pem', 'userCertFile and userKeyFile together'],
    ['esdb://db?tlsCAFile=/etc', '/etc cannot be read (EISDIR)'],
    [`esdb://db?userCertFile=${__filename}&userKeyFile=${__filename}`, 'PEM files that belong together'],
    ['esdb://user:a&secret=1@db', 'with user and password percent-encoded'],
    ['esdb://user:a?secret=1@db?tls=false', 'with user and password percent-encoded'],
    ['esdb://secret@db', 'a user and no password'],
    ['esdb://a:1,b:65536', 'Its port 65536 is none'],
    ['esdb://db?keepAliveInterval=-5', 'keepAliveInterval=-5: give milliseconds, or -1 for never'],
    ['esdb://db?constructor=1', 'unknown option constructor'],
  ])('%s is refused in one line that says why, without the password', (url, message) => {
    const print = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const refused = (): unknown => clientSettings(url);
    expect(refused).toThrow(UnusableEventStore);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/secret|\n/);
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });
});
