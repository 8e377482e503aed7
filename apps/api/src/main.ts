import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { requireNodeVersion } from '@connections/host/node-version';

requireNodeVersion();
// What is made in the data folder is its owner's alone.
process.umask(0o077);
// V8 would let what commands leave behind gather to several times what is in use; so it collects once that has grown by a fifth.
setFlagsFromString('--heap-growing-percent=20');
// What a request makes, dies with it. Once V8 takes some of it for lasting, because a collection met it alive, it would put
// all of its kind where only full collections reach, until the end of the process.
setFlagsFromString('--no-allocation-site-pretenuring');
// Only now: the native parts of what follows would crash an older Node.js.
void import('./serve.js').then(({ main }) => main(process.argv.slice(2)));
