/** The environment of a stdio child: a few variables of ours, the server's own, and the mark. */
import { MARK_VARIABLE } from './process-tree.ts';

/** What programs need to run at all; nothing of the gateway's own settings or secrets is among it. */
const INHERITED = [
  'HOME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'NODE_EXTRA_CA_CERTS',
  'PATH',
  'SHELL',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'TERM',
  'TMPDIR',
  'TZ',
  'USER',
  'XDG_CACHE_HOME',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

export function childEnvironment(
  ours: Environment,
  servers: Readonly<Record<string, string>>,
  mark: string,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...servers, [MARK_VARIABLE]: mark };
}
