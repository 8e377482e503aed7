import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { Checkpoints, type SignedCheckpoint } from '@connections/audit/checkpoints';
import { type KnownKey, KnownKeys } from '@connections/audit/known-keys';
import { Proofs } from '@connections/audit/proofs';
import { parseVerifierKey } from '@connections/audit/signed-note';
import { BeyondTree } from '@connections/audit/tree';
import type { JsonObject } from '@connections/event-store/event-store';
import { Needs } from '../http/credentials.guard';
import { fromCursor, pageLink, toCursor } from '../http/cursors';
import { PageParameters } from '../http/page-parameters';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import {
  latestCheckpoint,
  listAuditKeys,
  listCheckpoints,
  proveConsistency,
  retrieveCheckpoint,
} from '../openapi/audit-operations';
import { Documented } from '../openapi/documented';
import { ConsistencyParameters } from './audit.dto';
import { checkpointAt } from './checkpoint-at';
import { ProofsReady } from './proofs-ready';

const CHECKPOINTS = 'audit/checkpoints';
const PATH = '/api/v1/audit';

/** What the operator has signed about the whole log, for everybody who reads a part of it. */
@Controller(PATH)
export class AuditController {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly knownKeys: KnownKeys,
    private readonly proofs: Proofs,
  ) {}

  @Documented(listAuditKeys)
  @Get('keys')
  @Needs('read')
  async keys(@Parameters(NoParameters) _: NoParameters): Promise<JsonObject> {
    return { data: (await this.knownKeys.all()).map(keyResourceOf) };
  }

  @Documented(listCheckpoints)
  @Get('checkpoints')
  @Needs('read')
  async list(@Parameters(PageParameters) parameters: PageParameters): Promise<JsonObject> {
    const { 'page[size]': size, 'page[after]': cursor } = parameters;
    const below = cursor === undefined ? {} : { below: sizeIn(fromCursor(CHECKPOINTS, 'page[after]', cursor, DIGITS)) };
    const found = await this.checkpoints.list({ ...below, limit: size + 1 });
    const page = found.slice(0, size);
    const last = page.at(-1);
    const more = found.length > size && last !== undefined;
    const after = more ? { 'page[after]': toCursor(CHECKPOINTS, String(last.size)) } : null;
    return {
      data: page.map(checkpointResourceOf),
      links: { next: after && pageLink(`${PATH}/checkpoints`, { 'page[size]': String(size) }, after) },
    };
  }

  @Documented(latestCheckpoint)
  @Get('checkpoints/latest')
  @Needs('read')
  async latest(@Parameters(NoParameters) _: NoParameters): Promise<JsonObject> {
    const latest = await this.checkpoints.latest();
    if (latest !== null) return { data: checkpointResourceOf(latest) };
    throw new ProblemError({ code: 'not-found', details: 'No checkpoint has been signed yet.' });
  }

  @Documented(retrieveCheckpoint)
  @Get('checkpoints/:id')
  @Needs('read')
  async retrieve(@Param('id') id: string, @Parameters(NoParameters) _: NoParameters): Promise<JsonObject> {
    if (!DIGITS.test(id)) {
      const details = 'The id of a checkpoint is the number of events that it covers, or "latest".';
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'id' } });
    }
    return { data: checkpointResourceOf(await checkpointAt(this.checkpoints, sizeIn(id))) };
  }

  @Documented(proveConsistency)
  @Get('consistency')
  @Needs('read')
  @UseGuards(ProofsReady)
  async consistency(@Parameters(ConsistencyParameters) { from, to }: ConsistencyParameters): Promise<JsonObject> {
    try {
      const proof = await this.proofs.consistency(from, to);
      return {
        data: {
          type: 'audit/consistency-proofs',
          id: `${from}-${to}`,
          attributes: {
            from,
            'from-root': proof.from.root.toString('base64'),
            to,
            'to-root': proof.to.root.toString('base64'),
            path: proof.path.map((hash) => hash.toString('base64')),
          },
        },
      };
    } catch (error) {
      if (!(error instanceof BeyondTree)) throw error;
      const details = `There is nothing to prove from ${from} to ${to}: from must not be larger than to, nor to than the latest checkpoint.`;
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'to' } });
    }
  }
}

const DIGITS = /^(0|[1-9]\d{0,15})$/;
const sizeIn = (digits: string): number => Number(digits);

const checkpointResourceOf = ({ origin, size, root, signedAt, note }: SignedCheckpoint): JsonObject => ({
  type: CHECKPOINTS,
  id: String(size),
  attributes: { origin, size, root: root.toString('base64'), 'signed-at': signedAt, note },
});

function keyResourceOf({ line, knownSince, retiredAt }: KnownKey): JsonObject {
  const { name, id } = parseVerifierKey(line);
  const attributes = { name, 'verifier-key': line, 'known-since': knownSince, 'retired-at': retiredAt };
  return { type: 'audit/keys', id, attributes };
}
