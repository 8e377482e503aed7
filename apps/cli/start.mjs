// Runs the command line, building it first when a source file is newer than the build.
import { runBuilt } from '../build-when-needed.mjs';

await runBuilt('cli');
