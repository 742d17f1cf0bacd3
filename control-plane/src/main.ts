/** Start and stop of the control plane: the only file that knows the process, its environment and its signals. */

/** better-sqlite3 crashes an older Node instead of failing: look before anything native is loaded. */
const OLDEST_NODE = 24;

const major = Number(process.versions.node.split('.', 1)[0]);
if (major < OLDEST_NODE) {
  process.stderr.write(
    `Sluice needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node} ` +
      `(${process.execPath}). ./scripts/start brings its own.\n`,
  );
  process.exit(1);
}

const { runControlPlane } = await import('./run-control-plane.ts');
await runControlPlane(process);
