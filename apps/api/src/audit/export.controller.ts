import { hash } from 'node:crypto';
import { Controller, Get, Headers, Inject, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Checkpoints } from '@connections/audit/checkpoints';
import { csv } from '@connections/audit/export/csv';
import type { ExportRequest } from '@connections/audit/export/export';
import { ExportStream, lengthOf, type Rest } from '@connections/audit/export/export-stream';
import { ndjson } from '@connections/audit/export/ndjson';
import { EVERYTHING, type Scope, scopeText } from '@connections/audit/export/scope';
import type { ExportSources } from '@connections/audit/export/sources';
import { storedSources } from '@connections/audit/export/stored-sources';
import { verifierLine } from '@connections/audit/signed-note';
import { Tree } from '@connections/audit/tree';
import { ConnectionLog } from '@connections/connection/connection-log';
import { rolesOf } from '@connections/connection/domain/connection';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import { Texts, type TextTables } from '@connections/connection/texts';
import { Database } from '@connections/database/database';
import { Organizations } from '@connections/directory/organizations';
import type { Caller } from '@connections/directory/roles';
import { EventStore } from '@connections/event-store/event-store';
import { Needs } from '../http/credentials.guard';
import { LongAnswers } from '../http/long-answers';
import { Parameters } from '../http/parameters';
import { QueueFull } from '../http/fair-queue';
import { ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { StillPermitted } from '../http/still-permitted';
import { exportLog } from '../openapi/export-operations';
import { Documented } from '../openapi/documented';
import { Projectors } from '../projectors';
import { AccessRecorder } from './access-recorder';
import { checkpointAt } from './checkpoint-at';
import { ExportLengths } from './export-lengths';
import { ExportParameters } from './export.dto';
import { ProofsReady } from './proofs-ready';

/** How long to wait until the list of an organization's connections is complete, in milliseconds. */
const PATIENCE = 5_000;
/** After how many seconds to ask again for the rest of an export, when that of too many others is looked for. */
const RETRY_AFTER = 5;

/** Exports of the log with proofs, as files that can be verified without this service. */
@Controller('/api/v1/audit/export')
export class ExportController {
  readonly #sources: ExportSources;
  readonly #texts: Texts;
  readonly #answers: LongAnswers;
  /** The lengths of exports that were requested in part. */
  readonly #lengths = new ExportLengths();

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly projectors: Projectors,
    private readonly store: EventStore,
    private readonly connections: ConnectionLog,
    private readonly organizations: Organizations,
    private readonly recorder: AccessRecorder,
    @Inject(Database) database: Database<TextTables & ReadModelTables>,
    tree: Tree,
    permitted: StillPermitted,
  ) {
    this.#answers = new LongAnswers(permitted, {
      permission: 'export',
      isCutOff: true,
      // An open stream waits, where an export keeps a processor busy. One that has just been broken off may not be over yet.
      mostForOne: 5,
      tooMany: (open) => `You have ${open} exports under way already. Try again when one of them is over.`,
    });
    this.#texts = new Texts(database.as());
    this.#sources = storedSources(store, database, tree, (ids) => organizations.names(ids));
  }

  @Documented(exportLog)
  @Get()
  @Needs('export')
  @UseGuards(ProofsReady)
  async export(
    @Req() asked: AuthenticatedRequest,
    @Parameters(ExportParameters) parameters: ExportParameters,
    @Headers() headers: Record<string, string | undefined>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const over = this.#answers.begin(asked, reply);
    const request = await this.#requestFor(asked.caller, parameters);
    const { format, scope, checkpoint } = request;
    const removals = await this.#texts.removals();
    const tag = entityTagOf(request, removals);
    const from = firstByteIn(headers['range'], headers['if-range'], tag);
    const rest = from === null ? null : { from, isSame: async () => (await this.#texts.removals()) === removals };
    const length = rest && (await this.#lengthOf(asked.caller, tag, request, rest, over));
    if (rest !== null && length !== null && rest.from >= length) {
      void reply.header('content-range', `bytes */${length}`);
      const details = `The export has ${length} bytes: there is nothing from byte ${rest.from} on.`;
      throw new ProblemError({ code: 'range-not-satisfiable', details, source: { header: 'Range' } });
    }
    const stream = new ExportStream(request, this.#sources, rest);
    await this.recorder.begun(asked, reply, 'export', scope, stream);
    // Set only now: a refusal is no file, and must not look like one.
    if (rest !== null && length !== null)
      void reply.status(206).header('content-range', `bytes ${rest.from}-${length - 1}/${length}`);
    const name = `connections-${scopeText(scope).replace(':', '-')}-${checkpoint.size}.${format.name}`;
    void reply.headers({
      etag: tag,
      'accept-ranges': 'bytes',
      'content-disposition': `attachment; filename="${name}"`,
    });
    return new StreamableFile(stream, { type: format.mediaType });
  }

  async #lengthOf(
    caller: Caller,
    tag: string,
    request: ExportRequest,
    { isSame }: Rest,
    over: AbortSignal,
  ): Promise<number> {
    const measured = async (unwanted: AbortSignal): Promise<number> => {
      const length = await lengthOf(request, this.#sources, unwanted);
      if (await isSame()) return length;
      const details = 'A text was redacted while the rest of the export was looked for. Ask again.';
      throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1 });
    };
    try {
      return await this.#lengths.of(tag, caller.id, measured, over);
    } catch (error) {
      if (error instanceof QueueFull) {
        const details = 'Too many exports are being resumed at once. Try again.';
        throw new ProblemError({ code: 'unavailable', details }, { retryAfter: RETRY_AFTER });
      }
      // Nobody is there to hear it.
      if (over.aborted) throw new ProblemError({ code: 'unavailable', details: 'Nobody waits for this export.' });
      throw error;
    }
  }

  async #requestFor(caller: Caller, parameters: ExportParameters): Promise<ExportRequest> {
    const scope = await this.#scopeFor(caller, parameters);
    const { checkpoint: size, since: older } = parameters;
    const since = older === undefined ? null : await checkpointAt(this.checkpoints, older);
    const checkpoint =
      size === undefined ? await this.checkpoints.coveringNow() : await checkpointAt(this.checkpoints, size);
    if (since !== null && since.size > checkpoint.size) {
      const details = `since must not be larger than the checkpoint, which has ${checkpoint.size} events.`;
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'since' } });
    }
    if (scope.kind === 'organization') await this.#listed();
    const format = parameters.format === 'csv' ? csv : ndjson;
    const signers = await this.checkpoints.signersBeside(checkpoint);
    return { scope, format, checkpoint, since, signers };
  }

  async #scopeFor(caller: Caller, parameters: ExportParameters): Promise<Scope> {
    const { 'connection-id': connectionId, 'organization-id': organizationId } = parameters;
    if (connectionId !== undefined && organizationId !== undefined) {
      const details = 'Name a connection or an organization, and not both.';
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'organization-id' } });
    }
    if (connectionId !== undefined) {
      const origin = await this.connections.origin(connectionId);
      const isSeen = origin && (caller.organizationId === null || rolesOf(origin, caller.organizationId).length > 0);
      if (!isSeen) throw new ConnectionNotFound();
      return { kind: 'connection', id: connectionId };
    }
    const id = organizationId ?? caller.organizationId;
    if (id === null) return EVERYTHING;
    const isKnown =
      caller.organizationId === null ? await this.organizations.isKnown(id) : id === caller.organizationId;
    if (isKnown) return { kind: 'organization', id };
    throw new ProblemError({
      code: 'not-found',
      details: `There is no organization ${id} whose connections you can see.`,
    });
  }

  /** A connection that is not yet in the list would be missing from the export. */
  async #listed(): Promise<void> {
    if (await this.projectors.connections.reached(await this.store.head(), PATIENCE)) return;
    const details = 'The list of connections has not seen the whole log yet. Try again; /readyz tells how far it is.';
    throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1 });
  }
}

/**
 * Equal for exports that are the same to the byte. Organizations are never renamed, so texts are all that can change
 * beside the log. @param removals see `Texts`.
 */
function entityTagOf({ scope, format, checkpoint, since, signers }: ExportRequest, removals: number): string {
  const notes = [checkpoint.note, since?.note ?? null];
  const parts = [scopeText(scope), format.name, ...notes, signers.map(verifierLine), removals];
  return `"${hash('sha256', JSON.stringify(parts)).slice(0, 32)}"`;
}

/** The first requested byte; null for the whole. Ranges of other forms are ignored, as HTTP permits. */
function firstByteIn(range: string | undefined, ifRange: string | undefined, tag: string): number | null {
  const [, first] = /^bytes=(\d{1,15})-$/.exec(range ?? '') ?? [];
  return first === undefined || (ifRange !== undefined && ifRange !== tag) ? null : Number(first);
}
