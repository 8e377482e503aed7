import { Group, Text } from '@mantine/core';
import { ArrowLeftIcon, ArrowRightIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import type { PartyRole } from '@connections/connection/domain/lifecycle';
import { directionWords } from '@connections/connection/domain/words';

/** The direction of data, in the words of the organization with this role. */
export function Direction({ role }: { readonly role: PartyRole }): JSX.Element {
  const Icon = role === 'source' ? ArrowRightIcon : ArrowLeftIcon;
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <Icon aria-hidden />
      <Text span inherit>
        {directionWords[role].name}
      </Text>
    </Group>
  );
}
