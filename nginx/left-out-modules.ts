/** Which optional modules an NGINX binary was built without. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Names such as `uwsgi`. Throws an `Error` that says what to install if auth_request is among them. */
export async function leftOutModules(nginx: string): Promise<ReadonlySet<string>> {
  const { stderr } = await promisify(execFile)(nginx, ['-V']);
  if (!stderr.includes('http_auth_request_module')) {
    throw new Error(
      `${nginx} was built without http_auth_request_module, which Sluice needs. ` +
        'Install the package of your distribution or of nginx.org',
    );
  }
  return new Set([...stderr.matchAll(/--without-http_(\w+)_module/g)].map(([, name = '']) => name));
}
