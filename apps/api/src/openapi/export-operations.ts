import type { ContentObject } from '@nestjs/swagger';
import type { Operation } from './documented';

const content: ContentObject = {
  'application/x-ndjson': { schema: { type: 'string' } },
  'text/csv': { schema: { type: 'string' } },
};

export const exportLog: Operation = {
  id: 'exportLog',
  tag: 'Audit',
  summary: 'Export events with their proofs',
  description:
    'A file that is verified by itself, by `verify` on the command line or by any program that follows ' +
    'docs/proof-format.md. Of your organization, or of one connection with `connection-id`; platform credentials export ' +
    'everything unless they name one of both. With the same `checkpoint` and `since` it is the same to the byte, so that ' +
    '`Range: bytes=<n>-` goes on where it was broken off, as `curl -C -` does.',
  headers: ['Range', 'If-Range'],
  answers: [
    {
      status: 200,
      description: 'The whole file, of the media type that `format` asks for.',
      content,
      headers: ['ETag', 'Accept-Ranges'],
    },
    {
      status: 206,
      description: 'The rest of it.',
      content,
      headers: ['ETag', 'Accept-Ranges', 'Content-Range'],
    },
  ],
  errors: ['not-found', 'range-not-satisfiable'],
};
