/** The `user` line: whom NGINX's workers run as when its master is root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Empty unless root. Without a user the workers stay root: the compiled-in one could not open the
 * planes' sockets. Throws an `Error` if there is no such user.
 */
export async function userDirective(user: string | undefined): Promise<string> {
  if (process.getuid?.() !== 0) return '';
  if (!user) return 'user root;';
  const { stdout } = await promisify(execFile)('id', ['-gn', '--', user]).catch((error: Error) => {
    throw new Error(`SLUICE_USER: there is no user "${user}"`, { cause: error });
  });
  return `user ${user} ${stdout.trim()};`;
}
