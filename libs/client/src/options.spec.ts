import { ConnectionsClient } from './client';

const clientWith = (options: object): ConnectionsClient =>
  new ConnectionsClient({ baseUrl: 'http://localhost:3000', apiKey: 'cx_1', ...options });

describe('a client', () => {
  it.each<[object, RegExp]>([
    [{ baseUrl: undefined }, /^baseUrl must be where the service is/],
    [{ baseUrl: 'localhost:3000' }, /^baseUrl must be where the service is/],
    [{ baseUrl: 'ftp://localhost' }, /^baseUrl must be where the service is/],
    [{ baseUrl: 'http://localhost?x=1' }, /^baseUrl must be where the service is/],
    [{ baseUrl: 'http://me:secret@localhost' }, /^baseUrl must not hold a user or password/],
    [{ apiKey: undefined }, /^apiKey must be an API key/],
    [{ apiKey: '' }, /^apiKey must be an API key/],
    [{ apiKey: 'cx_secret\n' }, /^apiKey must be an API key/],
    [{ timeout: 0 }, /^timeout must be 1 to 2147483647 milliseconds; it is 0/],
    [{ timeout: Infinity }, /^timeout must be .*; it is Infinity/],
    [{ attemptTimeout: Number.NaN }, /^attemptTimeout must be .*; it is NaN/],
    [{ retries: -1 }, /^retries must be a whole number of at least 0; it is -1/],
    [{ retries: 1.5 }, /^retries must be a whole number of at least 0; it is 1.5/],
  ])('is not made with %j', (options, message) => {
    const making = (): ConnectionsClient => clientWith(options);
    expect(making).toThrow(message);
    expect(making).not.toThrow(/secret/);
  });

  it('makes no call of such patience either', async () => {
    const { organization } = clientWith({});
    await expect(organization.retrieve({ timeout: 0 })).rejects.toThrow(RangeError);
    await expect(organization.retrieve({ retries: -1 })).rejects.toThrow(RangeError);
  });
});
