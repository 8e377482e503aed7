import { join } from 'node:path';

const built = join(__dirname, '..', '..', 'dist', 'bin');

/** The entry points of what is tested: what `npm run build` makes, and an image holds. */
export const SERVICE = join(built, 'api.js');
export const COMMAND_LINE = join(built, 'cli.js');
