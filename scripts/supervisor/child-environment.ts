/** What the two Node processes are told by the supervisor: every setting resolved, every path absolute. */
import path from 'node:path';
import type { Instance } from './instance.ts';
import type { Settings } from './settings.ts';

export function childEnvironment(
  settings: Settings,
  instance: Instance,
  version: string,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    SLUICE_DATA_DIR: settings.dataDir,
    SLUICE_RUN_DIR: instance.runDir,
    SLUICE_LISTEN: settings.listen.text,
    SLUICE_ADMIN_LISTEN: settings.adminListen.text,
    SLUICE_PUBLIC_URL: settings.publicUrl,
    SLUICE_STDIO: settings.stdio,
    SLUICE_STDIO_ALLOW_FILE: settings.stdioAllowFile,
    SLUICE_LIMIT_HEADERS: settings.limitHeaders.join(','),
    SLUICE_ENV_FILE: settings.envFile,
    SLUICE_LOG_LEVEL: settings.logLevel,
    SLUICE_CALLS_MAX_AGE_DAYS: String(settings.callsMaxAgeDays),
    SLUICE_CALLS_MAX_MB: String(settings.callsMaxMb),
    SLUICE_VERSION: version,
    SLUICE_INSTANCE_ID: instance.id,
    // The cache beside the packages is for whoever installed them.
    NODE_COMPILE_CACHE: settings.user
      ? path.join(settings.dataDir, 'cache')
      : process.env.NODE_COMPILE_CACHE,
    /** The end of their standard input means that the supervisor is gone: drain and exit. */
    SLUICE_SUPERVISED: '1',
  };
}
