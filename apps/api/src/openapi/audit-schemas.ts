import type { SchemaObject } from '@nestjs/swagger';
import { moment, nullableMoment, nullableText, object, page, ref, text } from './schema-parts';

const hash = (description: string): SchemaObject => text(description, { pattern: '^[A-Za-z0-9+/]{43}=$' });
const count = (description: string): SchemaObject => ({ type: 'integer', minimum: 0, description });
const path = (description: string): SchemaObject => ({ type: 'array', items: hash('A hash, in base64.'), description });
const note = (description: string): SchemaObject =>
  text(description, { pattern: '^[^\\n]+\\n\\d+\\n[A-Za-z0-9+/]{43}=\\n' });

export const auditSchemas: Record<string, SchemaObject> = {
  AuditKey: object({
    type: text('Always `audit/keys`.', { enum: ['audit/keys'] }),
    id: text('The id that tells keys of one log apart.', { pattern: '^[0-9a-f]{8}$' }),
    attributes: ref('AuditKeyAttributes'),
  }),
  AuditKeyAttributes: object({
    name: text('Which log it signs for: the origin of its checkpoints.'),
    'verifier-key': text('The public key as https://c2sp.org/signed-note writes it: name, id and key.'),
    'known-since': moment('Since when it may have signed.'),
    'retired-at': nullableMoment('Since when it signs no more; null while it does.'),
  }),
  AuditKeyList: object({ data: { type: 'array', items: ref('AuditKey') } }),
  Checkpoint: object({
    type: text('Always `audit/checkpoints`.', { enum: ['audit/checkpoints'] }),
    id: text('The size.', { pattern: '^\\d+$' }),
    attributes: ref('CheckpointAttributes'),
  }),
  CheckpointAttributes: object({
    origin: text('Which log it is of.'),
    size: count('How many events the log had.'),
    root: hash('The root of the Merkle tree over them, in base64.'),
    'signed-at': moment('When it was signed.'),
    note: note('What was signed, with its signatures: a note in the form of https://c2sp.org/tlog-checkpoint.'),
  }),
  CheckpointAnswer: object({ data: ref('Checkpoint') }),
  CheckpointList: page('Checkpoint', 'next'),
  ConsistencyProof: object({
    type: text('Always `audit/consistency-proofs`.', { enum: ['audit/consistency-proofs'] }),
    id: text('The two sizes.', { pattern: '^\\d+-\\d+$' }),
    attributes: ref('ConsistencyProofAttributes'),
  }),
  ConsistencyProofAttributes: object({
    from: count('As asked.'),
    'from-root': hash('The root of the older tree, in base64.'),
    to: count('As asked.'),
    'to-root': hash('The root of the newer tree, in base64.'),
    path: path('The consistency proof of RFC 6962, section 2.1.2.'),
  }),
  ConsistencyProofAnswer: object({ data: ref('ConsistencyProof') }),
  InclusionProof: object({
    type: text('Always `audit/inclusion-proofs`.', { enum: ['audit/inclusion-proofs'] }),
    id: text('The id of the event.', { pattern: '^cxn_[0-9A-Za-z]{1,64}@\\d+$' }),
    attributes: ref('InclusionProofAttributes'),
  }),
  InclusionProofAttributes: object({
    'event-hash': nullableText('The hash of the event, whose 32 bytes are the data of the leaf.', {
      pattern: '^[0-9a-f]{64}$',
    }),
    'leaf-index': count('The place of the event in the whole log, counted from 0.'),
    'tree-size': count('How many events the checkpoint covers.'),
    path: path('The audit path of RFC 6962, section 2.1.1, from the leaf upwards.'),
    checkpoint: note('The note of the checkpoint, whose root the path leads to.'),
  }),
  InclusionProofAnswer: object({ data: ref('InclusionProof') }),
};
