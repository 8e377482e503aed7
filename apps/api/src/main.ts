import 'reflect-metadata';
import { keepHeapSmall } from '@connections/host/heap';
import { requireNodeVersion } from '@connections/host/node-version';
import { endWithSignals } from './end-with-signals';

requireNodeVersion();
// Files that this process creates are private to its user.
process.umask(0o077);
keepHeapSmall();
const started = endWithSignals();
// Imported only now: its native modules would crash an older Node.js.
void import('./serve.js').then(({ main }) => main(process.argv.slice(2), started));
