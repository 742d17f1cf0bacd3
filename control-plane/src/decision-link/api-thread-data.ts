/** What the storage and API thread is started with, as `workerData`. */
import type { MessagePort } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { InstallationKeys } from '../credentials/key-file.ts';

export interface ApiThreadData {
  readonly config: Config;
  readonly keys: InstallationKeys;
  /** For `createDecisionLink`. */
  readonly port: MessagePort;
}
