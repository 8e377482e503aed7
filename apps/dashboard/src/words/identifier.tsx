import { Code, Group } from '@mantine/core';
import type { JSX } from 'react';
import { Copy } from './copy';

interface IdentifierProps {
  readonly id: string;
  /** What it identifies, such as "Organization ID". */
  readonly what: string;
}

/** An id that people pass on to others, with a button to copy it. */
export const Identifier = ({ id, what }: IdentifierProps): JSX.Element => (
  <Group gap={4} wrap="nowrap" miw={0}>
    <Code style={{ overflowWrap: 'anywhere' }}>{id}</Code>
    <Copy value={id} what={what} />
  </Group>
);
