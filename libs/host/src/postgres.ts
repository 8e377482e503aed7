export { openPostgresDatabase } from '@connections/database/postgres-database';
