#!/usr/bin/env node
import 'reflect-metadata';
import { keepHeapSmall } from '@connections/host/heap';
import { requireNodeVersion } from '@connections/host/node-version';

requireNodeVersion();
// Files that this process creates are private to its user.
process.umask(0o077);
keepHeapSmall();
// Imported only now: its native modules would crash an older Node.js.
void import('./command-line.js').then(({ main }) => main(process.argv.slice(2)));
