// Unpacks the Chromium that npm brings, with its fonts and the libraries that a bare machine lacks, into the folder named
// by TMPDIR: that is where its package puts things, and why this is a process of its own.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflate } from '@sparticuz/chromium';

const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
for (const file of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']) await inflate(join(packed, file));
