import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { Controller, Get, Global, Module, Req, Res, StreamableFile } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AccessKind } from '@connections/audit/access-filter';
import { Accesses, type NewAccess } from '@connections/audit/accesses';
import { accessMigrations, type AccessTables } from '@connections/audit/accesses.tables';
import { ConnectionLog } from '@connections/connection/connection-log';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import type { Caller } from '@connections/directory/roles';
import { ProblemFilter } from '../http/problem.filter';
import type { AuthenticatedRequest } from '../http/request';
import { LOG } from '../log';
import { AccessRecorder, allOf } from './access-recorder';

/** Gives one line at a time, and after some of them either ends or fails. */
class Lines extends Readable {
  events = 0;
  constructor(
    private readonly many: number,
    private readonly fails = false,
  ) {
    super();
  }
  override _read(): void {
    if (this.events >= this.many) {
      if (this.fails) this.destroy(new Error('the log went away'));
      else this.push(null);
      return;
    }
    this.events += 1;
    this.push(`${'x'.repeat(1_000)}\n`);
  }
}

/** The stream that was begun last. */
let begun: Lines;

@Controller()
class Exports {
  constructor(private readonly recorder: AccessRecorder) {}

  async #begun(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    lines: Lines,
    kind: AccessKind = 'export',
  ): Promise<Lines> {
    begun = lines;
    await this.recorder.begun(request, reply, kind, allOf(request.caller), lines);
    return lines;
  }

  @Get('stream')
  async stream(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return new StreamableFile(await this.#begun(request, reply, new Lines(2), 'history'));
  }

  @Get('few')
  async few(@Req() request: AuthenticatedRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    return new StreamableFile(await this.#begun(request, reply, new Lines(3)));
  }

  @Get('endless')
  async endless(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return new StreamableFile(await this.#begun(request, reply, new Lines(Number.POSITIVE_INFINITY)));
  }

  @Get('failing')
  async failing(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return new StreamableFile(await this.#begun(request, reply, new Lines(3, true)), { type: 'text/plain' });
  }

  @Get('proofs')
  proofs(@Req() request: AuthenticatedRequest): Promise<object> {
    return this.recorder.given(request, 'proof', { kind: 'organization', id: 'org_A' }, { data: [1, 2, 3] });
  }
}

describeDatabases('a route that records', (databases) => {
  let database: Database<AccessTables>;
  let app: NestFastifyApplication;
  let url: string;
  let caller: Caller;
  let answering: ServerResponse;
  /** Settles when the beginning of an export may be recorded. */
  let recording: () => Promise<unknown>;
  /** Settles when the end of an export may be recorded. */
  let ending: () => Promise<unknown>;
  const logged: unknown[] = [];

  class WaitingAccesses extends Accesses {
    override async begin(access: NewAccess): Promise<string> {
      const id = await super.begin(access);
      await recording();
      return id;
    }

    override async end(...ended: Parameters<Accesses['end']>): Promise<void> {
      await ending();
      await super.end(...ended);
    }
  }

  beforeEach(async () => {
    database = await databases.open();
    await migrate(database.as<never>().writer, accessMigrations);
    caller = { type: 'api-key', id: 'api_M', role: 'member', organizationId: 'org_A' };
    logged.length = 0;
    recording = () => Promise.resolve();
    ending = () => Promise.resolve();
    const log = { error: (fields: unknown) => void logged.push(fields) };
    @Global()
    @Module({
      controllers: [Exports],
      providers: [
        AccessRecorder,
        { provide: Accesses, useValue: new WaitingAccesses(database.as()) },
        { provide: ConnectionLog, useValue: {} },
        { provide: LOG, useValue: log },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    })
    class Application {}
    const adapter = new FastifyAdapter({ genReqId: () => 'req_1' });
    app = await NestFactory.create<NestFastifyApplication>(Application, adapter, { logger: false });
    adapter.getInstance<FastifyInstance>().addHook('onRequest', (request, reply, done) => {
      (request as AuthenticatedRequest).caller = caller;
      answering = reply.raw;
      done();
    });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await app.close();
    await database.close();
  });

  const recorded = () => new Accesses(database.as()).list({}, { size: 10 });
  /** Waits until the end of the newest access is recorded. */
  async function ended() {
    for (;;) {
      const [newest] = await recorded();
      if (newest !== undefined && newest.endedAt !== null) return newest;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('records an export by anybody, from its begin to its end', async () => {
    const answer = await fetch(`${url}/few?connection-id=cxn_1`);
    expect((await answer.text()).split('\n')).toHaveLength(4);
    expect(await ended()).toMatchObject({
      kind: 'export',
      reader: { credentialId: 'api_M', organizationId: 'org_A', role: 'member' },
      subject: { type: 'organization', id: 'org_A' },
      requestId: 'req_1',
      request: 'GET /few?connection-id=cxn_1',
      outcome: 'completed',
      items: 3,
    });
  });

  it('records that an export was broken off by who asked for it', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /endless HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await recorded()).toMatchObject([{ outcome: 'begun', endedAt: null }]);
    socket.destroy();
    const { outcome, items } = await ended();
    expect(outcome).toBe('broken-off');
    expect(items).toBeGreaterThan(0);
    expect(logged).toEqual([]);
  });

  it('records that who asked for an export had gone before it was begun', async () => {
    recording = () => once(answering, 'close');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /few HTTP/1.1\r\nhost: x\r\n\r\n');
    while ((await recorded()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    expect(await ended()).toMatchObject({ outcome: 'broken-off' });
    expect(logged).toEqual([]);
  });

  it('records that an export was broken off by a fault', async () => {
    await fetch(`${url}/failing`)
      .then((answer) => answer.text())
      .catch(() => undefined);
    expect(await ended()).toMatchObject({ outcome: 'broken-off', items: 3 });
    expect(logged).toMatchObject([{ err: new Error('the log went away'), requestId: 'req_1' }]);
  });

  it.each([
    ['member', 'org_A', 0],
    ['admin', 'org_A', 0],
    ['auditor', 'org_A', 1],
    ['platform-auditor', null, 1],
    ['platform-admin', null, 1],
  ] as const)('records what is read otherwise, by role: %s', async (role, organizationId, many) => {
    caller = { type: 'api-key', id: 'api_R', role, organizationId };
    expect(await (await fetch(`${url}/proofs`)).json()).toEqual({ data: [1, 2, 3] });
    expect(await (await fetch(`${url}/stream`)).text()).toHaveLength(2_002);
    if (many > 0) expect(await ended()).toMatchObject({ kind: 'history', outcome: 'completed', items: 2 });
    const found = (await recorded()).filter(({ kind }) => kind !== 'history');
    expect(await recorded()).toHaveLength(2 * many);
    expect(found).toHaveLength(many);
    const access = { kind: 'proof', outcome: 'given', items: 3, subject: { type: 'organization', id: 'org_A' } };
    for (const one of found) expect(one).toMatchObject(access);
  });

  it('gives nothing that cannot be recorded', async () => {
    caller = { type: 'api-key', id: 'api_R', role: 'auditor', organizationId: 'org_A' };
    await database.writer.schema.dropTable('accesses').execute();
    for (const path of ['few', 'proofs']) {
      const answer = await fetch(`${url}/${path}`);
      expect({ status: answer.status, retryAfter: answer.headers.get('retry-after') }).toEqual({
        status: 503,
        retryAfter: '1',
      });
      const { errors } = (await answer.json()) as { errors: object[] };
      expect(errors).toMatchObject([{ code: 'unavailable', details: expect.stringMatching(/^Who reads this is rec/) }]);
    }
    expect(logged).toHaveLength(2);
    expect(begun.destroyed).toBe(true);
  });

  it('lives on where a stream fails before it is given, and says so', async () => {
    recording = async () => {
      begun.destroy(new Error('the log went away'));
      await new Promise((resolve) => setImmediate(resolve));
    };
    await fetch(`${url}/few`)
      .then((answer) => answer.text())
      .catch(() => undefined);
    recording = () => Promise.resolve();
    expect((await fetch(`${url}/few`)).status).toBe(200);
    expect(logged).toContainEqual(expect.objectContaining({ err: new Error('the log went away') }));
  });

  it('records the end of what is given before the service ends', async () => {
    const slow = Promise.withResolvers<null>();
    ending = () => slow.promise;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /endless HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    let isOver = false;
    const closed = app.close().then(() => (isOver = true));
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    const wasOver = isOver;
    slow.resolve(null);
    await closed;
    expect(wasOver).toBe(false);
    expect(await recorded()).toMatchObject([{ outcome: 'broken-off' }]);
  });

  it('says so when the end of an export could not be recorded', async () => {
    await database.writer.schema.dropTable('access_ends').execute();
    await (await fetch(`${url}/few`)).text();
    while (logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toMatchObject([{ requestId: 'req_1', access: expect.stringMatching(/^acs_/) }]);
  });
});
