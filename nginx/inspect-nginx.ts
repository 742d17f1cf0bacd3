/** Asks an NGINX binary what it is, and refuses one that can't run Sluice. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NginxBuild {
  /** As printed, such as `1.22.1`. */
  readonly version: string;
  /** Modules that were left out: `uwsgi`, `scgi`, … */
  readonly without: ReadonlySet<string>;
}

const OLDEST = [1, 18] as const;

/** Throws an `Error` saying what to install if the binary is missing, older than 1.18 or incomplete. */
export async function inspectNginx(nginx: string): Promise<NginxBuild> {
  const { stderr } = await promisify(execFile)(nginx, ['-V']).catch((error: Error) => {
    throw new Error(
      `NGINX can't be run as "${nginx}": ${error.message}. Install it: apt-get install nginx-light`,
      {
        cause: error,
      },
    );
  });
  const [, version = '', major = '0', minor = '0'] =
    /nginx\/((\d+)\.(\d+)[^\s]*)/.exec(stderr) ?? [];
  if (Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])) {
    throw new Error(
      `"${nginx}" is NGINX ${version || 'of an unknown version'}; Sluice needs 1.18, better 1.22, or newer`,
    );
  }
  if (!stderr.includes('http_auth_request_module')) {
    throw new Error(
      `"${nginx}" was built without http_auth_request_module, which Sluice needs. Install your distribution's package`,
    );
  }
  const without = [...stderr.matchAll(/--without-http_(\w+)_module/g)].map(([, name = '']) => name);
  return { version, without: new Set(without) };
}
