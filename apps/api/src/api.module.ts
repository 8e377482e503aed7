import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { Logger } from 'pino';
import { Accesses } from '@connections/audit/accesses';
import { Checkpoints } from '@connections/audit/checkpoints';
import { KnownKeys } from '@connections/audit/known-keys';
import { Proofs } from '@connections/audit/proofs';
import { Tree } from '@connections/audit/tree';
import { ConnectionModule } from '@connections/connection/connection.module';
import { ConnectionPolicy, KnownOrganizations } from '@connections/connection/commands/terms-check';
import { OrganizationNames } from '@connections/connection/queries/list-conditions';
import { Database } from '@connections/database/database';
import { ApiKeys } from '@connections/directory/api-keys';
import { Invitations } from '@connections/directory/invitations';
import { Memberships } from '@connections/directory/memberships';
import { nameOfOrganization, Organizations } from '@connections/directory/organizations';
import { Passwords } from '@connections/directory/passwords';
import { People } from '@connections/directory/people';
import { Sessions, type SessionTerms } from '@connections/directory/sessions';
import { EventStore } from '@connections/event-store/event-store';
import type { Audit } from '@connections/host/audit';
import { Configuration } from '@connections/host/configuration';
import type { Stores } from '@connections/host/stores';
import { Feed } from '@connections/notifications/feed';
import { FeedWatch } from '@connections/notifications/feed-watch';
import { AccessRecorder } from './audit/access-recorder';
import { AccessesController } from './audit/accesses.controller';
import { AuditController } from './audit/audit.controller';
import { ExportController } from './audit/export.controller';
import { ProofsController } from './audit/proofs.controller';
import { Signing } from './audit/signing';
import { ConnectionResources } from './connections/connection.resource';
import { ConnectionsController } from './connections/connections.controller';
import { DifferenceController } from './connections/difference.controller';
import { EventResources } from './connections/event.resource';
import { HistoryController } from './connections/history.controller';
import { ScopesController } from './connections/scopes.controller';
import { ApiKeysController } from './directory/api-keys.controller';
import { OrganizationsController } from './directory/organizations.controller';
import { CredentialsGuard } from './http/credentials.guard';
import { FeedFreshness, Freshness } from './http/freshness';
import { Idempotency } from './http/idempotency';
import { ProblemFilter } from './http/problem.filter';
import { RememberedReads } from './http/remembered-reads';
import { SignedIn } from './http/signed-in';
import { StillPermitted } from './http/still-permitted';
import { LOG } from './log';
import { FeedController } from './notifications/feed.controller';
import { FeedPages } from './notifications/feed-pages';
import { FeedStreams } from './notifications/feed-streams';
import { InvitationsController } from './people/invitations.controller';
import { JoiningController } from './people/joining.controller';
import { MembersController } from './people/members.controller';
import { SessionController } from './people/session.controller';
import { SessionResources } from './people/session.resource';
import { SignIns } from './people/sign-ins';
import { SignOnController } from './people/sign-on.controller';
import { SingleSignOn } from './people/single-sign-on';
import { Decisions } from './share-checks/decisions';
import { ShareChecksController } from './share-checks/share-checks.controller';
import { ShortWay } from './share-checks/short-way';
import { Metrics } from './operations/metrics';
import { OperationsController } from './operations/operations.controller';
import { Probes } from './operations/probes';
import { Projectors } from './projectors';

export interface Parts {
  readonly configuration: Configuration;
  readonly stores: Stores;
  readonly projectors: Projectors;
  readonly audit: Audit;
  readonly signing: Signing;
  readonly log: Logger;
}

/** The composition root: provides everything that was opened at the start. */
@Global()
@Module({})
export class ApiModule {
  static of({ configuration, stores, projectors, audit, signing, log }: Parts): DynamicModule {
    const organizations = new Organizations(stores.database.as());
    const passwords = new Passwords();
    const memberships = new Memberships(stores.database.as());
    const feed = new Feed(stores.database.as());
    const shared = [
      { provide: Configuration, useValue: configuration },
      { provide: LOG, useValue: log },
      { provide: EventStore, useValue: stores.eventStore },
      { provide: Database, useValue: stores.database },
      { provide: Projectors, useValue: projectors },
      { provide: Signing, useValue: signing },
      { provide: Tree, useValue: audit.tree },
      { provide: Checkpoints, useValue: audit.checkpoints },
      { provide: KnownKeys, useValue: audit.knownKeys },
      { provide: Proofs, useValue: new Proofs(audit.tree, audit.checkpoints) },
      { provide: Organizations, useValue: organizations },
      { provide: Feed, useValue: feed },
      { provide: FeedWatch, useValue: new FeedWatch(feed, projectors.feed) },
      { provide: Accesses, useValue: new Accesses(stores.database.as()) },
      { provide: ApiKeys, useValue: new ApiKeys(stores.database.as()) },
      { provide: Passwords, useValue: passwords },
      { provide: People, useValue: new People(stores.database.as(), passwords) },
      { provide: Memberships, useValue: memberships },
      { provide: Invitations, useValue: new Invitations(stores.database.as(), memberships) },
      { provide: Sessions, useValue: new Sessions(stores.database.as(), sessionTermsOf(configuration)) },
      { provide: ConnectionPolicy, useValue: policyOf(configuration) },
      { provide: KnownOrganizations, useValue: knownBy(organizations) },
      { provide: OrganizationNames, useValue: { nameOf: nameOfOrganization } satisfies OrganizationNames },
    ];
    return {
      module: ApiModule,
      imports: [ConnectionModule],
      controllers: [
        ConnectionsController,
        HistoryController,
        FeedController,
        DifferenceController,
        ScopesController,
        ShareChecksController,
        OrganizationsController,
        ApiKeysController,
        SessionController,
        SignOnController,
        MembersController,
        JoiningController,
        InvitationsController,
        AccessesController,
        AuditController,
        ExportController,
        ProofsController,
        OperationsController,
      ],
      providers: [
        ...shared,
        ConnectionResources,
        EventResources,
        FeedPages,
        FeedStreams,
        StillPermitted,
        Decisions,
        Freshness,
        FeedFreshness,
        AccessRecorder,
        SignedIn,
        SignIns,
        SingleSignOn,
        SessionResources,
        Idempotency,
        Metrics,
        Probes,
        CredentialsGuard,
        ProblemFilter,
        RememberedReads,
        ShortWay,
        { provide: APP_GUARD, useExisting: CredentialsGuard },
        { provide: APP_FILTER, useExisting: ProblemFilter },
      ],
      exports: shared.map(({ provide }) => provide),
    };
  }
}

/** How long sessions last, in milliseconds. */
const sessionTermsOf = ({ SESSION_IDLE_MINUTES, SESSION_HOURS }: Configuration): SessionTerms => ({
  idle: SESSION_IDLE_MINUTES * 60_000,
  absolute: SESSION_HOURS * 3_600_000,
});

const policyOf = (configuration: Configuration): ConnectionPolicy => ({
  scopes: configuration.CONNECT_SCOPES,
  defaultScopes: configuration.CONNECT_DEFAULT_SCOPES,
  allowSelfConnections: configuration.CONNECT_ALLOW_SELF_CONNECTIONS,
});

const knownBy = (organizations: Organizations): KnownOrganizations => ({
  isKnown: (id) => organizations.isKnown(id),
});
