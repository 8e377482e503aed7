import type { SchemaObject } from '@nestjs/swagger';
import { auditSchemas } from './audit-schemas';
import { apiKeySchemas, organizationSchemas } from './directory-schemas';
import { accessSchemas } from './access-schemas';
import { peopleSchemas } from './people-schemas';
import { connectionSchemas } from './connection-schemas';
import { shareCheckSchemas } from './share-check-schemas';
import { problemSchemas } from './problem-schemas';
import { operationsSchemas } from './operations-schemas';

/** All named schemas of answers. Those of bodies and queries are generated from the classes that validate them. */
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
