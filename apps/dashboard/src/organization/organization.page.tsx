import { Title } from '@mantine/core';
import type { JSX } from 'react';

export const Page = (): JSX.Element => <Title order={1}>organization</Title>;
