/** The first major version of Node.js that this service runs on. */
const MINIMUM = 24;

/** Ends the process with a one-line message when Node.js is too old: some native modules would crash on it. */
export function requireNodeVersion(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= MINIMUM) return;
  process.stderr.write(
    `This needs Node.js ${MINIMUM} or newer and runs on ${process.version}. Start it by npm (npm start), which brings the right one.\n`,
  );
  process.exit(1);
}
