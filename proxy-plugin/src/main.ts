/** Start and stop of the sidecar: the only file that knows the process, its environment and its signals. */

const OLDEST_NODE = 24;

const major = Number(process.versions.node.split('.', 1)[0]);
if (major < OLDEST_NODE) {
  process.stderr.write(
    `Sluice needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node} ` +
      `(${process.execPath}). ./scripts/start brings its own.\n`,
  );
  process.exit(1);
}

const { runProxyPlugin } = await import('./run-proxy-plugin.ts');
await runProxyPlugin(process);
