/** The main thread put together: decisions, the framed socket, and the storage thread beside them. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { type Config, socketPaths } from './config.ts';
import type { InstallationKeys } from './credentials/key-file.ts';
import type { ApiThreadData } from './decision-link/api-thread-data.ts';
import { serveUntilFull } from './decision-link/serve-until-full.ts';
import { createStorageLink } from './decision-link/storage-link.ts';
import { createDecisionPlane } from './decision-plane.ts';
import { listenOnSocket } from './listen-on-socket.ts';

export interface ControlPlaneOptions {
  readonly config: Config;
  readonly keys: InstallationKeys;
  readonly logger: Logger;
  /** Nothing can go on: the process must end. */
  onFatal(error: unknown, message: string): void;
}

export interface ControlPlane {
  /** Takes no more, finishes what runs, stores what is left. */
  stop(): Promise<void>;
}

const REPORT_MS = 1_000;
const TICK_MS = 250;

/** Resolves when decisions are being taken. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { config, keys, logger, onFatal } = options;
  const { port1: port, port2: workerPort } = new MessageChannel();
  const storage = createStorageLink(port);
  const plane = createDecisionPlane({ config, keys, storage, logger });
  const firstPolicy = serveUntilFull(port, plane.answers, onFatal);
  const worker = startApiThread({ config, keys, port: workerPort }, onFatal);
  // Before the first policy every key would be unknown. Without a socket NGINX answers 503 instead.
  await firstPolicy;
  const paths = socketPaths(config);
  await listenOnSocket(plane.decisionServer, paths.decision);
  await listenOnSocket(plane.channelServer, paths.channel);
  logger.info('decisions are being taken');
  const timers = [setInterval(plane.report, REPORT_MS), setInterval(plane.tick, TICK_MS)];
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      plane.disconnectSidecars();
      await Promise.all([closed(plane.decisionServer), closed(plane.channelServer)]);
      plane.reportLast();
      worker.removeAllListeners('exit');
      await storage.stop();
      await worker.terminate();
      port.close();
    },
  };
}

const CLOSE_TIMEOUT_MS = 1_000;

/** A peer that keeps its end open must not keep us: what it gets afterwards is a closed connection. */
async function closed(server: Server): Promise<void> {
  await Promise.race([once(server.close(), 'close'), setTimeout(CLOSE_TIMEOUT_MS)]);
}

/** V8 would let it grow to 48 MB, and keeps what it grew to; nothing on the thread is that hot. */
const API_YOUNG_GENERATION_MB = 6;

function startApiThread(data: ApiThreadData, onFatal: ControlPlaneOptions['onFatal']): Worker {
  const worker = new Worker(new URL('./api-thread.ts', import.meta.url), {
    workerData: data,
    transferList: [data.port],
    resourceLimits: { maxYoungGenerationSizeMb: API_YOUNG_GENERATION_MB },
  });
  worker.on('error', (error) => onFatal(error, 'the storage thread failed'));
  worker.on('exit', (code) => onFatal(new Error(`exit code ${code}`), 'the storage thread ended'));
  return worker;
}
