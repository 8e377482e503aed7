import Sqlite from 'better-sqlite3';
import { filesOf } from './built.mts';
import type { Canned, CannedAnswer, StoredEvent } from './ceiling-server.mts';
import { HttpConnection, type HttpAnswer } from './http-connection.mts';
import type { Pair } from './load.mts';
import type { Parties } from './parties.mts';
import { checkRequest, createRequest, getRequest, listRequest, stepRequest } from './requests.mts';

/** Headers that every Fastify gives by itself. */
const OWN = ['connection', 'keep-alive', 'date', 'content-length'];

function cannedOf({ status, head, body }: HttpAnswer): CannedAnswer {
  const lines = head.split('\r\n').slice(1);
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
  const kept = headers.filter(([name]) => !OWN.includes(name.toLowerCase()));
  return { status, headers: Object.fromEntries(kept), body: body() };
}

/** One request on a connection of its own. */
export async function answerTo(port: number, request: string): Promise<HttpAnswer> {
  const connection = new HttpConnection(port);
  try {
    return await new Promise((resolve, reject) => connection.send(request, resolve, reject));
  } finally {
    connection.close();
  }
}

/**
 * Asks the service once for everything that it will be loaded with, so that its ceiling can answer the same bytes.
 * @param file where the ceiling is to keep its own event log.
 * @returns also the id of the connection that the single answers are about.
 */
export async function canned(
  port: number,
  dataDir: string,
  { parties }: Parties,
  file: string,
): Promise<Canned & { readonly id: string }> {
  const ask = (request: string): Promise<HttpAnswer> => answerTo(port, request);
  const [source, ...destinations] = parties;
  const [destination] = destinations;
  if (!source || !destination) throw new Error('At least two organizations with keys are needed.');
  // More than one page, so that a page has its link to the next as most do.
  for (const { id } of destinations.slice(1, 13)) await ask(createRequest(source.key, id, null));
  const created = await ask(createRequest(source.key, destination.id, null));
  const { id } = (JSON.parse(created.body()) as { data: { id: string } }).data;
  const activated = await ask(stepRequest(destination.key, id, 'activate', null));
  const pair = { sourceId: source.id, destinationId: destination.id };
  const answers = {
    create: cannedOf(created),
    step: cannedOf(activated),
    get: cannedOf(await ask(getRequest(source.key, id))),
    list: cannedOf(await ask(listRequest(source.key))),
    check: cannedOf(await ask(checkRequest(source.key, [pair]))),
    checks: cannedOf(await ask(checkRequest(source.key, Array<typeof pair>(100).fill(pair)))),
  };
  const log = new Sqlite(filesOf(dataDir).log, { readonly: true });
  const event = log.prepare<[string], StoredEvent>(
    'select id, type, data, metadata from events where type = ? order by position desc limit 1',
  );
  const createdEvent = event.get('ConnectionCreated');
  const stepEvent = event.get('ConnectionActivated');
  log.close();
  if (!createdEvent || !stepEvent) throw new Error('The service has not written what it answered.');
  return { id, file, ...answers, createdEvent, stepEvent, checked: [pair] };
}

/**
 * Connections between organizations that both have keys, made over HTTP before the time is taken.
 * @param isActive whether their destinations have activated them.
 */
export async function makePairs(port: number, { parties }: Parties, count: number, isActive = false): Promise<Pair[]> {
  const wanted = parties.flatMap((source) =>
    parties.filter((destination) => destination !== source).map((destination) => ({ source, destination })),
  );
  // From the end: the beginning was taken for the canned answers.
  const queue = wanted.slice(-count);
  const pairs: Pair[] = [];
  const worker = async (): Promise<void> => {
    const connection = new HttpConnection(port);
    const ask = async (request: string, status: number): Promise<HttpAnswer> => {
      const answer = await new Promise<HttpAnswer>((resolve, reject) => connection.send(request, resolve, reject));
      if (answer.status !== status) throw new Error(`${answer.head}\n\n${answer.body()}`);
      return answer;
    };
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { source, destination } = next;
      const answer = await ask(createRequest(source.key, destination.id, null), 201);
      const { id } = (JSON.parse(answer.body()) as { data: { id: string } }).data;
      if (isActive) await ask(stepRequest(destination.key, id, 'activate', null), 200);
      pairs.push({
        id,
        source: source.key,
        destination: destination.key,
        sourceId: source.id,
        destinationId: destination.id,
      });
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return pairs;
}
