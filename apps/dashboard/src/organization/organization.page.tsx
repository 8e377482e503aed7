import { Stack, Tabs } from '@mantine/core';
import type { JSX } from 'react';
import { useSearchParams } from 'react-router';
import { useMembership } from '../shell/membership';
import { PageHeading } from '../shell/page-heading';
import { isolated } from '../words/isolated';
import { mayManage } from '../words/roles';
import { ApiKeys } from './api-keys';
import { Information } from './information';
import { Members } from './members';
import classes from './organization.module.css';

const INFORMATION = 'information';

export function Page(): JSX.Element {
  const { organizationName, role } = useMembership();
  const [parameters, setParameters] = useSearchParams();
  const offered = [INFORMATION, 'members', ...(mayManage(role) ? ['api-keys'] : [])];
  const asked = parameters.get('tab') ?? INFORMATION;
  const tab = offered.includes(asked) ? asked : INFORMATION;
  return (
    <Stack gap="lg">
      <PageHeading title={`Information about ${isolated(organizationName)}`}>Information</PageHeading>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => setParameters(next === null || next === INFORMATION ? {} : { tab: next })}
      >
        <Tabs.List aria-label="Information" mb="lg" className={classes['tabs'] ?? ''}>
          <Tabs.Tab value={INFORMATION}>Organization</Tabs.Tab>
          <Tabs.Tab value="members">Members</Tabs.Tab>
          {mayManage(role) && <Tabs.Tab value="api-keys">API keys</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value={INFORMATION}>
          <Information />
        </Tabs.Panel>
        <Tabs.Panel value="members">
          <Members />
        </Tabs.Panel>
        {mayManage(role) && (
          <Tabs.Panel value="api-keys">
            <ApiKeys />
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  );
}
