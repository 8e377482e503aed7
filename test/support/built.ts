import { join } from 'node:path';

const built = join(__dirname, '..', '..', 'dist', 'bin');

/** The built entry points that are tested, as `npm run build` makes them and an image contains them. */
export const SERVICE = join(built, 'api.js');
export const COMMAND_LINE = join(built, 'cli.js');
