/** Jest takes what ends a run from a file of its own. */
export { stop as default } from './shared-postgres';
