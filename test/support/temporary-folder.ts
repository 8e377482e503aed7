import { type DisposableTempDir, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that a test has for itself. */
export type TemporaryFolder = DisposableTempDir;

/** Makes an empty folder for a test's files. It stays until it is removed, or, if bound with `using`, until its block ends. */
export const temporaryFolder = (): TemporaryFolder => mkdtempDisposableSync(join(tmpdir(), 'connections-'));
