/** `./scripts/start`: checks everything that can be wrong, then runs the gateway in the foreground. */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { type RenderedNginx, renderNginx } from '../../nginx/render-nginx.ts';
import { becomeUser } from './become-user.ts';
import { checkPort } from './check-port.ts';
import { childEnvironment } from './child-environment.ts';
import { openDataFolder } from './data-folder.ts';
import { greeting } from './greeting.ts';
import { type Instance, instanceId, killLeftovers } from './instance.ts';
import { createLog, type Log, writeError, writeOutput } from './log.ts';
import { checkNginxConfig, findNginx, type NginxProgram } from './nginx-program.ts';
import { controlPlanePlan, nginxPlan, proxyPluginPlan } from './process-plans.ts';
import { clearRunFolder, makeRunFolder } from './run-folder.ts';
import { runGateway } from './run-gateway.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { StartError } from './start-error.ts';
import { listenForStop } from './stop-signals.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};

async function main(): Promise<void> {
  checkPlatform();
  const log = createLog(writeOutput);
  const resolved = resolveSettings(process.env, { root, cwd: process.cwd() });
  for (const warning of resolved.warnings) writeError(`sluice: ${warning}`);
  const { user, dataDir } = resolved.settings;
  // At its end this process may be somebody who can't write there.
  flushCompileCache();
  // Before anything is written: what root writes in a user's folder may go anywhere over a link.
  if (user) await becomeUser(user, dataDir, root);
  using folder = openDataFolder(dataDir);
  const settings = { ...resolved.settings, dataDir: folder.path };

  const id = instanceId(folder.path);
  const instance: Instance = { id, runDir: makeRunFolder(folder.path, id), sources: root };
  const left = await killLeftovers(instance);
  if (left > 0) log.warn('ended processes of an earlier run that was killed', { processes: left });
  const nginx = await prepareNginx(settings, instance);
  await run(settings, instance, nginx, log);
  clearRunFolder(instance.runDir);
}

function checkPlatform(): void {
  if (process.platform !== 'linux')
    throw new StartError(`Linux is needed, this is ${process.platform}`);
  if (Number.parseInt(process.versions.node, 10) < 24) {
    throw new StartError(
      `Node 24 or newer is needed, this is ${process.version}; use ./scripts/start`,
    );
  }
}

interface PreparedNginx {
  readonly program: NginxProgram;
  readonly files: RenderedNginx;
}

async function prepareNginx(settings: Settings, { runDir }: Instance): Promise<PreparedNginx> {
  const program = await findNginx(process.env.PATH ?? '').catch(refuse);
  await checkPort('SLUICE_LISTEN', settings.listen);
  if (settings.adminListen.text !== settings.listen.text) {
    await checkPort('SLUICE_ADMIN_LISTEN', settings.adminListen);
  }
  const files = await renderNginx({
    dataDir: settings.dataDir,
    runDir,
    listen: settings.listen.text,
    adminListen: settings.adminListen.text,
    publicUrl: settings.publicUrl,
    limitHeaders: settings.limitHeaders,
    // Workers of a master that runs as root would become nobody and reach no socket.
    user: process.getuid?.() === 0 ? 'root' : undefined,
    nginx: program.binary,
  }).catch(refuse);
  await checkNginxConfig(program, files);
  return { program, files };
}

/** An error whose message is meant for the operator. */
function refuse(error: Error): never {
  throw new StartError(error.message, { cause: error });
}

async function run(
  settings: Settings,
  instance: Instance,
  nginx: PreparedNginx,
  log: Log,
): Promise<void> {
  const environment = childEnvironment(settings, instance, version);
  const nodeMain = (folder: string) => path.join(root, folder, 'src/main.ts');
  await runGateway(
    {
      controlPlane: controlPlanePlan({ instance, environment, main: nodeMain('control-plane') }),
      proxyPlugin: proxyPluginPlan({ instance, environment, main: nodeMain('proxy-plugin') }),
      nginx: nginxPlan({ instance, ...nginx }),
      readyAt: settings.adminListen,
      apiSocket: path.join(instance.runDir, 'api.sock'),
      onReady: () => writeOutput(greeting(settings, version, process.stdout.isTTY)),
      log,
    },
    listenForStop(log),
  );
}

try {
  await main();
  process.exitCode = 0;
} catch (error) {
  const faults =
    error instanceof StartError
      ? error.faults
      : [String(error instanceof Error ? error.stack : error)];
  for (const fault of faults) writeError(`sluice: ${fault}`);
  process.exitCode = 1;
}
