import { Code, Group } from '@mantine/core';
import type { JSX } from 'react';
import { Copy } from './copy';

interface IdentifierProps {
  readonly id: string;
  /** What it identifies, as in "Organization ID". */
  readonly what: string;
}

/** An id that people hand on to others: to be read, and to be copied. */
export const Identifier = ({ id, what }: IdentifierProps): JSX.Element => (
  <Group gap={4} wrap="nowrap" miw={0}>
    <Code style={{ overflowWrap: 'anywhere' }}>{id}</Code>
    <Copy value={id} what={what} />
  </Group>
);
