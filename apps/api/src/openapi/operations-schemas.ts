import type { SchemaObject } from '@nestjs/swagger';
import { nullableText, object, ref, text } from './schema-parts';

/** The schemas of the operators' routes. */
export const operationsSchemas: Record<string, SchemaObject> = {
  Liveness: object({ status: text('Always `ok`.', { enum: ['ok'] }) }),
  Readiness: object({
    status: text('Whether the service can do its work.', { enum: ['ready', 'not-ready'] }),
    'event-store': ref('PartState'),
    database: ref('PartState'),
    projections: { type: 'array', items: ref('ProjectionState') },
    checkpoints: ref('CheckpointState'),
  }),
  PartState: {
    type: 'object',
    required: ['state'],
    properties: {
      state: text('Whether the part can be reached.', { enum: ['ok', 'down'] }),
      problem: text('Why not; only when it is down.'),
    },
  },
  CheckpointState: object({
    state: text(
      'How signing is. The service is ready without: proofs come later then. `forked` needs somebody at once.',
      {
        enum: ['ok', 'behind', 'no-keys', 'forked', 'retrying'],
      },
    ),
    size: { type: ['integer', 'null'], minimum: 0, description: 'How many events the newest checkpoint covers.' },
    problem: nullableText('What went wrong, and what to do; null when nothing did.'),
    'delivery-problems': {
      type: 'array',
      items: { type: 'string' },
      description: 'Why checkpoints did not get to where they are to be brought.',
    },
  }),
  ProjectionState: object({
    name: text('The projection.'),
    state: text(
      '`running` and `standby` are well: another process does the work. `faulted` waits for somebody to act.',
      {
        enum: ['starting', 'running', 'standby', 'retrying', 'faulted', 'stopped'],
      },
    ),
    position: text('The last event that readers can see; empty before the first.'),
    problem: nullableText('What went wrong; null when nothing did.'),
  }),
};
