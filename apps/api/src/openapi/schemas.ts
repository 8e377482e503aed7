import type { SchemaObject } from '@nestjs/swagger';
import { auditSchemas } from './audit-schemas';
import { apiKeySchemas, organizationSchemas } from './directory-schemas';
import { accessSchemas } from './access-schemas';
import { peopleSchemas } from './people-schemas';
import { connectionSchemas } from './connection-schemas';
import { shareCheckSchemas } from './share-check-schemas';
import { problemSchemas } from './problem-schemas';
import { operationsSchemas } from './operations-schemas';

/** Every named schema of an answer. Those of bodies and queries follow from the classes that check them. */
export const schemas: Record<string, SchemaObject> = {
  ...connectionSchemas,
  ...shareCheckSchemas,
  ...auditSchemas,
  ...organizationSchemas,
  ...apiKeySchemas,
  ...peopleSchemas,
  ...accessSchemas,
  ...problemSchemas,
  ...operationsSchemas,
};
