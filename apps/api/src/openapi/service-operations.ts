import type { ContentObject } from '@nestjs/swagger';
import type { Operation } from './documented';

const tag = 'Operations';

const json = (schema: string): ContentObject => ({
  'application/json': { schema: { $ref: `#/components/schemas/${schema}` } },
});

const textOf = (type: string): ContentObject => ({ [type]: { schema: { type: 'string' } } });

export const checkLiveness: Operation = {
  id: 'checkLiveness',
  tag,
  summary: 'Does the process run?',
  answers: [{ status: 200, description: 'It does.', content: json('Liveness') }],
};

export const checkReadiness: Operation = {
  id: 'checkReadiness',
  tag,
  summary: 'Can the service do its work?',
  answers: [
    { status: 200, description: 'It can.', content: json('Readiness') },
    {
      status: 503,
      description: 'It cannot; the answer names the part that stands in the way.',
      content: json('Readiness'),
    },
  ],
};

export const readMetrics: Operation = {
  id: 'readMetrics',
  tag,
  summary: 'Counters for Prometheus',
  answers: [{ status: 200, description: 'In the text format of Prometheus.', content: textOf('text/plain') }],
};
