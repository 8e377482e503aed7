import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ActivateConnectionHandler } from './commands/activate-connection';
import { CreateConnectionHandler } from './commands/create-connection';
import { DeactivateConnectionHandler } from './commands/deactivate-connection';
import { ReactivateConnectionHandler } from './commands/reactivate-connection';
import { RedactTextHandler } from './commands/redact-text';
import { TermsCheck } from './commands/terms-check';
import { ConnectionLog } from './connection-log';
import { CheckSharingHandler } from './queries/check-sharing';
import { CompareConnectionHandler } from './queries/compare-connection';
import { GetConnectionHistoryHandler } from './queries/get-connection-history';
import { GetConnectionHandler } from './queries/get-connection';
import { ListConnectionsHandler } from './queries/list-connections';
import { Texts } from './texts';

/**
 * Commands and queries about connections. The importing application provides, globally: `EventStore`, `Database`,
 * `ConnectionPolicy`, `KnownOrganizations` and `OrganizationNames`.
 */
@Module({
  imports: [CqrsModule],
  providers: [
    ConnectionLog,
    Texts,
    TermsCheck,
    CreateConnectionHandler,
    ActivateConnectionHandler,
    DeactivateConnectionHandler,
    ReactivateConnectionHandler,
    RedactTextHandler,
    GetConnectionHandler,
    ListConnectionsHandler,
    GetConnectionHistoryHandler,
    CheckSharingHandler,
    CompareConnectionHandler,
  ],
  exports: [CqrsModule, ConnectionLog, TermsCheck],
})
export class ConnectionModule {}
