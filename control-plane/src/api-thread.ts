/** Entry of the worker thread that owns storage and serves the control-plane API. */
import { workerData } from 'node:worker_threads';
import { pino } from 'pino';
import type { ApiThreadData } from './decision-link/api-thread-data.ts';
import { createDecisionLink } from './decision-link/create-decision-link.ts';
import { startApi } from './start-api.ts';

const { config, keys, port } = workerData as ApiThreadData;
const logger = pino({ level: config.logLevel, base: { process: 'control-plane', thread: 'api' } });

const api = await startApi({
  config,
  keys,
  logger,
  connect: (events) => createDecisionLink(port, events),
});
await api.listen();
logger.info('the API is served');
