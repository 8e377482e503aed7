import { Controller, Get, Param, Req, UseGuards } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Checkpoints, type SignedCheckpoint } from '@connections/audit/checkpoints';
import { NotCovered, type InclusionProof, Proofs } from '@connections/audit/proofs';
import { streamOf } from '@connections/connection/connection-id';
import { GetConnectionHistory } from '@connections/connection/queries/get-connection-history';
import type { JsonObject } from '@connections/event-store/event-store';
import { Needs } from '../http/credentials.guard';
import { Parameters } from '../http/parameters';
import { connectionIdIn, revisionIn } from '../http/path-parameters';
import { ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { proveEvent } from '../openapi/audit-operations';
import { Documented } from '../openapi/documented';
import { checkpointAt } from './checkpoint-at';
import { ProofParameters } from './audit.dto';
import { AccessRecorder } from './access-recorder';
import { ProofsReady } from './proofs-ready';

/** Proofs that an event of a connection is in the log, for those who may see the connection. */
@Controller('/api/v1/connect/connections/:id/events/:revision/proof')
export class ProofsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly checkpoints: Checkpoints,
    private readonly proofs: Proofs,
    private readonly recorder: AccessRecorder,
  ) {}

  @Documented(proveEvent)
  @Get()
  @Needs('read')
  @UseGuards(ProofsReady)
  async prove(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Param('revision') place: string,
    @Parameters(ProofParameters) { checkpoint: size }: ProofParameters,
  ): Promise<JsonObject> {
    const connectionId = connectionIdIn(id);
    const revision = revisionIn(place);
    const history = new GetConnectionHistory(connectionId, request.caller.organizationId, 1, revision - 1);
    const [entry] = (await this.queries.execute(history)).entries;
    if (entry === undefined) {
      throw new ProblemError({ code: 'not-found', details: `The connection has no event of revision ${revision}.` });
    }
    const checkpoint = size === undefined ? null : await checkpointAt(this.checkpoints, size);
    const proof = await this.#proof(connectionId, revision, checkpoint);
    return this.recorder.given(
      request,
      'proof',
      { kind: 'connection', id: connectionId },
      {
        data: resourceOf(`${connectionId}@${revision}`, entry.hash, proof),
      },
    );
  }

  async #proof(connectionId: string, revision: number, checkpoint: SignedCheckpoint | null): Promise<InclusionProof> {
    try {
      return await this.proofs.inclusion(streamOf(connectionId), revision, checkpoint);
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      throw new ProblemError({
        code: 'invalid-parameter',
        details: error.message,
        source: { parameter: 'checkpoint' },
      });
    }
  }
}

const resourceOf = (id: string, hash: string | null, { leafIndex, path, checkpoint }: InclusionProof): JsonObject => ({
  type: 'audit/inclusion-proofs',
  id,
  attributes: {
    'event-hash': hash,
    'leaf-index': leafIndex,
    'tree-size': checkpoint.size,
    path: path.map((node) => node.toString('base64')),
    checkpoint: checkpoint.note,
  },
});
