import type { Operation } from './documented';
import * as examples from './examples';
import { id } from './schema-parts';

const tag = 'Audit';
const example = (summary: string, value: object) => ({ summary, value });

/** The documentation's example log of three events; the first one creates the connection of the examples. */
const ORIGIN = 'connections.example';
const ROOT_OF_TWO = '0lFjrRbptV4BCkKlvQT27DwmkMLNDe707TU46YlSj2A=';
const ROOT = '6iy4Jc0/ClrVKCo6UtRg0Ccot7rhELsYxTKF8qj6gNc=';
const THIRD_LEAF = 'oNnwpQs1uffX7cV/tk9Hcd3vD+/qyk5vlJoVFNtbE20=';
const NOTE = `${ORIGIN}\n3\n${ROOT}\nsigned-at 2018-06-01T00:05:00.000Z\n\n\u2014 ${ORIGIN} bebhbf4vE0VQiQJ7vH4NsL4zAMOAdg35L+CfrBq7yyxswAHszhfwjCCqGd/DaBpTYXfbosWRr3RMpTMu8t+htWc49Q0=\n`;

const key = {
  type: 'audit/keys',
  id: '6de6e16d',
  attributes: {
    name: ORIGIN,
    'verifier-key': `${ORIGIN}+6de6e16d+AaJlziBYk3zY9iK8vZenMPmhpJWgq19qb63bWVuhPLaG`,
    'known-since': '2018-06-01T00:00:00.000Z',
    'retired-at': null,
  },
};

const checkpoint = {
  type: 'audit/checkpoints',
  id: '3',
  attributes: { origin: ORIGIN, size: 3, root: ROOT, 'signed-at': '2018-06-01T00:05:00.000Z', note: NOTE },
};

const consistency = {
  type: 'audit/consistency-proofs',
  id: '2-3',
  attributes: { from: 2, 'from-root': ROOT_OF_TWO, to: 3, 'to-root': ROOT, path: [THIRD_LEAF] },
};

const inclusion = {
  type: 'audit/inclusion-proofs',
  id: 'cxn_ABC123@0',
  attributes: {
    'event-hash': examples.created.attributes.hash,
    'leaf-index': 0,
    'tree-size': 3,
    path: ['ojvVsG2pBII4pls/HZ0LnhX6493iYmiOZImqTHY9GCA=', THIRD_LEAF],
    checkpoint: NOTE,
  },
};

export const listAuditKeys: Operation = {
  id: 'listAuditKeys',
  tag,
  summary: 'List the keys that sign',
  description:
    'Every key that signs checkpoints or has signed them, the oldest first. Take a key from somewhere else than the service that it vouches for, and compare: see docs/operations.md.',
  answers: [
    {
      status: 200,
      description: 'All of them.',
      content: 'AuditKeyList',
      examples: { one: example('One key', { data: [key] }) },
    },
  ],
};

export const listCheckpoints: Operation = {
  id: 'listCheckpoints',
  tag,
  summary: 'List what was signed',
  description: 'The checkpoints of the whole log, newest first.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'CheckpointList',
      examples: { one: example('One checkpoint', { data: [checkpoint], links: { next: null } }) },
    },
  ],
};

export const latestCheckpoint: Operation = {
  id: 'latestCheckpoint',
  tag,
  summary: 'Read the latest checkpoint',
  description: 'What was signed last. A new one is signed every so many events or minutes, and for who needs it.',
  answers: [
    {
      status: 200,
      description: 'The checkpoint.',
      content: 'CheckpointAnswer',
      examples: { latest: example('Of three events', { data: checkpoint }) },
    },
  ],
  errors: ['not-found'],
};

export const retrieveCheckpoint: Operation = {
  id: 'retrieveCheckpoint',
  tag,
  summary: 'Read a checkpoint',
  pathId: { type: 'string', pattern: '^\\d{1,16}$', description: 'How many events it covers.' },
  answers: [
    {
      status: 200,
      description: 'The checkpoint.',
      content: 'CheckpointAnswer',
      examples: { found: example('Of three events', { data: checkpoint }) },
    },
  ],
  errors: ['not-found', 'invalid-parameter'],
};

export const proveConsistency: Operation = {
  id: 'proveConsistency',
  tag,
  summary: 'Prove that the log only grew',
  description:
    'The proof that the log of `to` events begins with the very log of `from` events. Compare the roots with those of the checkpoints that you hold. 503 while the log is not the one that was signed, or cannot be asked.',
  answers: [
    {
      status: 200,
      description: 'The proof.',
      content: 'ConsistencyProofAnswer',
      examples: { proof: example('From two events to three', { data: consistency }) },
    },
  ],
};

export const proveEvent: Operation = {
  id: 'proveEvent',
  tag,
  summary: 'Prove that an event is in the log',
  description:
    'The proof that an event of a connection is in the log that a checkpoint is of, for both parties and for auditors. Where no checkpoint covers the event yet, one is signed.',
  pathId: id('cxn', 'The id of a connection.'),
  answers: [
    {
      status: 200,
      description: 'The proof.',
      content: 'InclusionProofAnswer',
      examples: { proof: example('Of a creation', { data: inclusion }) },
    },
  ],
  errors: ['not-found', 'invalid-parameter'],
};
