import { Center, Container, Group, Paper, Text } from '@mantine/core';
import type { JSX, ReactNode } from 'react';
import { Mark } from './mark';
import { PageHeading } from './page-heading';

interface PlainFrameProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** The frame of pages for people who are not signed in. */
export const PlainFrame = ({ title, children }: PlainFrameProps): JSX.Element => (
  <Container size={440} py={{ base: 'xl', sm: 80 }} component="main">
    <Center mb="lg">
      <Group gap="xs">
        <Mark />
        <Text fw={600}>Connections</Text>
      </Group>
    </Center>
    <Paper withBorder p={{ base: 'md', sm: 'xl' }} shadow="sm">
      <PageHeading mb="lg">{title}</PageHeading>
      {children}
    </Paper>
  </Container>
);
