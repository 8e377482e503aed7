/** Jest takes the global teardown from a file of its own. */
export { stop as default } from './shared-postgres';
