import { type Command, InvalidArgumentError, Option } from 'commander';

/** The address of a running service, and an API key for it. */
export interface ServiceAccess {
  readonly url: string;
  readonly key: string;
}

/** What the options or the environment give of it. */
export interface ServiceOptions {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}

/** Adds the options of a command that can ask a running service. */
export const ofService = (command: Command): Command =>
  command
    .addOption(
      new Option('--url <url>', 'ask the service there over HTTP, and not what is stored')
        .env('CONNECT_URL')
        .argParser(urlIn),
    )
    .addOption(new Option('--key <cx_…>', 'the API key to ask it with').env('CONNECT_KEY'));

/** The service to ask; null to read the stores directly. */
export function serviceAccessIn(command: Command, { url, key }: ServiceOptions): ServiceAccess | null {
  if (url === undefined) {
    if (command.getOptionValueSource('key') === 'cli') command.error('--key is for a service: it needs --url.');
    return null;
  }
  if (key === undefined) command.error('A service asks for an API key: --key, or CONNECT_KEY in the environment.');
  // The key is kept out of the message.
  if (!/^[\x21-\x7e]+$/.test(key)) command.error('The key must be an API key, such as cx_…, and nothing else.');
  return { url, key };
}

function urlIn(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    if (url.username === '' && url.password === '') return text;
    throw new InvalidArgumentError('A user or a password has no place in it.');
  }
  throw new InvalidArgumentError('It must be where the service is, such as https://connections.example.com.');
}
