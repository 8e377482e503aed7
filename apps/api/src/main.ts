import 'reflect-metadata';
import { keepHeapSmall } from '@connections/host/heap';
import { requireNodeVersion } from '@connections/host/node-version';
import { endWithSignals } from './end-with-signals';

requireNodeVersion();
// What is made in the data folder is its owner's alone.
process.umask(0o077);
keepHeapSmall();
const started = endWithSignals();
// Only now: the native parts of what follows would crash an older Node.js.
void import('./serve.js').then(({ main }) => main(process.argv.slice(2), started));
