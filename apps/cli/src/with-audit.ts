import { randomUUID } from 'node:crypto';
import { treeProjection } from '@connections/audit/tree.projection';
import { leaseOfProjection, leaseWhereShared } from '@connections/event-store/lease';
import { Projector } from '@connections/event-store/projector';
import { type Audit, auditOf } from '@connections/host/audit';
import { configurationFrom } from '@connections/host/configuration';
import type { Stores } from '@connections/host/stores';
import { withExistingStores } from './with-stores';

/** Errors are reported by the code that waits for the tree. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Works with proofs, whether or not the service is running: this process brings the tree up to date if necessary. */
export function withAudit<T>(work: (audit: Audit, stores: Stores) => Promise<T>): Promise<T> {
  return withExistingStores(async (stores) => {
    const database = stores.database.as<never>();
    const lease = leaseWhereShared(database.as(), leaseOfProjection(treeProjection), randomUUID());
    const projector = new Projector(stores.eventStore, database.as(), treeProjection, SILENT, lease);
    try {
      await projector.start();
      return await work(auditOf(stores, configurationFrom(process.env), projector), stores);
    } finally {
      await projector.stop();
    }
  });
}
