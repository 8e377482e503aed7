import { Paper, Stack, Title } from '@mantine/core';
import { Suspense, type JSX, type ReactNode } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { useMembership } from '../../shell/membership';
import { Identifier } from '../../words/identifier';
import { Moment } from '../../words/moment';
import { Scopes } from '../../words/scopes';
import { Written } from '../../words/written';
import classes from '../connection.module.css';
import type { Parties } from '../parties';

interface DetailsProps {
  readonly connection: Connection;
  readonly parties: Parties;
  /** Shown below the rest; may arrive later. */
  readonly children?: ReactNode;
}

/** The terms of the connection and its ids. */
export function Details({ connection: { id, attributes }, parties, children }: DetailsProps): JSX.Element {
  const { organizationId } = useMembership();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="details">
      <Stack gap="sm">
        <Title order={2} id="details" fz="h5">
          Details
        </Title>
        <dl className={classes['details']}>
          <div>
            <dt>What may be shared while it is active</dt>
            <dd>
              <Scopes organizationId={organizationId} scopes={attributes.scopes} />
            </dd>
          </div>
          <div>
            <dt>Source</dt>
            <dd>
              <Written>{parties.source}</Written>
            </dd>
            <dd>
              <Identifier what="Organization ID" id={attributes.sourceOrganizationId} />
            </dd>
          </div>
          <div>
            <dt>Destination</dt>
            <dd>
              <Written>{parties.destination}</Written>
            </dd>
            <dd>
              <Identifier what="Organization ID" id={attributes.destinationOrganizationId} />
            </dd>
          </div>
          <div>
            <dt>Connection ID</dt>
            <dd>
              <Identifier what="connection ID" id={id} />
            </dd>
          </div>
          <div>
            <dt>Created</dt>
            <dd>
              <Moment at={attributes.createdAt} />
            </dd>
          </div>
          <div>
            <dt>Last change</dt>
            <dd>
              <Moment at={attributes.updatedAt} />
            </dd>
          </div>
        </dl>
        <Suspense fallback={null}>{children}</Suspense>
      </Stack>
    </Paper>
  );
}
