/** What must hold between the fields of a server, beyond each field by itself. */
import { isMetadataHost } from '@sluice/contract/metadata-address';
import { jsonPointer } from '../http/json-pointer.ts';
import type { FieldError } from '../http/problem.ts';
import { headerRefusal, isCredentialHeader, isForwardable } from './header-rules.ts';
import type { ServerConfig } from './server.ts';

export type Complaint = Omit<FieldError, 'in'>;

/** Names of the secrets that the server will have after the write. */
export interface SecretNames {
  readonly env: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
}

type StdioPolicy = 'any' | 'allow-list' | 'off';

/** Every complaint at once; empty = the configuration holds together. */
export function checkServer(
  config: ServerConfig,
  secrets: SecretNames,
  stdio: StdioPolicy,
): Complaint[] {
  return [
    ...checkTransport(config, secrets),
    ...checkStdioPolicy(config, stdio),
    ...checkUrl(config.url),
    ...checkArgs(config, secrets.env),
    ...checkEnvironment(config.env, secrets.env),
    ...checkHeaders(config.headers, secrets.headers),
    ...checkForwarded(config.forward_headers),
    ...checkTimeouts(config),
  ];
}

function checkTransport(config: ServerConfig, secrets: SecretNames): Complaint[] {
  const stdio = {
    command: config.command !== undefined,
    args: config.args.length > 0,
    env: Object.keys(config.env).length > 0,
    secret_env: secrets.env.size > 0,
    cwd: config.cwd !== undefined,
    secret_in_args: config.secret_in_args,
    memory_limit_mib: config.memory_limit_mib !== undefined,
  };
  const http = {
    url: config.url !== undefined,
    headers: Object.keys(config.headers).length > 0,
    secret_headers: secrets.headers.size > 0,
    forward_headers: config.forward_headers.length > 0,
  };
  const isStdio = config.transport === 'stdio';
  const needed = isStdio ? 'command' : 'url';
  const missing = config[needed] === undefined;
  const foreign = Object.entries(isStdio ? http : stdio).filter(([, given]) => given);
  return [
    ...(missing
      ? [complain([needed], 'required', `transport ${config.transport} needs ${needed}`)]
      : []),
    ...foreign.map(([field]) =>
      complain(
        [field],
        'not_for_transport',
        `does not apply to transport ${config.transport}: leave it out (secrets: set each to null)`,
      ),
    ),
  ];
}

function checkStdioPolicy(config: ServerConfig, policy: StdioPolicy): Complaint[] {
  if (config.transport !== 'stdio' || policy !== 'off') return [];
  const message =
    'this gateway starts no stdio servers (SLUICE_STDIO=off): use a server with a URL';
  return [complain(['transport'], 'refused_by_policy', message)];
}

function checkUrl(text: string | undefined): Complaint[] {
  if (text === undefined) return [];
  const url = new URL(text);
  if (isMetadataHost(url.hostname)) {
    const message = 'is the address of a cloud metadata service, which is never an upstream';
    return [complain(['url'], 'forbidden_address', message)];
  }
  if (url.username !== '' || url.password !== '') {
    const message = 'must not contain credentials: put them into secret_headers';
    return [complain(['url'], 'credentials_in_url', message)];
  }
  if (url.hash !== '') return [complain(['url'], 'fragment', 'must not have a #fragment')];
  return [];
}

/** The name in an argument such as `secret:TOKEN` or `--token=secret:TOKEN`. */
export function secretInArgument(argument: string): string | undefined {
  return /(?:^|=)secret:([A-Za-z_][A-Za-z0-9_]*)$/.exec(argument)?.[1];
}

function checkArgs(config: ServerConfig, secretEnv: ReadonlySet<string>): Complaint[] {
  return config.args.flatMap((argument, index) => {
    const name = secretInArgument(argument);
    if (name === undefined) return [];
    if (!config.secret_in_args) {
      const message =
        'puts a secret where every user of the machine can read it: prefer secret_env, or set secret_in_args';
      return [complain(['args', index], 'secret_in_args', message)];
    }
    if (secretEnv.has(name)) return [];
    return [complain(['args', index], 'missing_reference', `there is no secret_env/${name}`)];
  });
}

function checkEnvironment(
  env: Readonly<Record<string, string>>,
  secrets: ReadonlySet<string>,
): Complaint[] {
  const reserved = (field: string, name: string) =>
    name.startsWith('SLUICE_')
      ? [complain([field, name], 'reserved', 'names that begin with SLUICE_ belong to the gateway')]
      : [];
  return [
    ...Object.entries(env).flatMap(([name, value]) => [
      ...reserved('env', name),
      ...checkReference('env', name, value),
      ...(secrets.has(name) ? [clash('env', name, 'secret_env')] : []),
    ]),
    ...[...secrets].flatMap((name) => reserved('secret_env', name)),
  ];
}

function checkHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: ReadonlySet<string>,
): Complaint[] {
  const sealed = new Set([...secrets].map((name) => name.toLowerCase()));
  const refused = (field: string, name: string) => {
    const refusal = headerRefusal(name);
    return refusal ? [complain([field, name], 'reserved', refusal)] : [];
  };
  return [
    ...Object.entries(headers).flatMap(([name, value]) => [
      ...refused('headers', name),
      ...checkReference('headers', name, value),
      ...(sealed.has(name.toLowerCase()) ? [clash('headers', name, 'secret_headers')] : []),
      ...(isCredentialHeader(name) && !value.startsWith('env:') ? [inTheClear(name)] : []),
    ]),
    ...[...secrets].flatMap((name) => refused('secret_headers', name)),
    ...repeatedNames('headers', Object.keys(headers)),
    ...repeatedNames('secret_headers', [...secrets]),
  ];
}

function inTheClear(name: string): Complaint {
  const message =
    'is a credential that every viewer could read here: move it to secret_headers, or use env:NAME';
  return complain(['headers', name], 'secret_in_the_clear', message);
}

function checkForwarded(names: readonly string[]): Complaint[] {
  return names.flatMap((name, index) =>
    isForwardable(name)
      ? []
      : [
          complain(
            ['forward_headers', index],
            'never_forwarded',
            `${name} is a credential, belongs to one connection, or is set by the gateway`,
          ),
        ],
  );
}

function checkTimeouts({ request_timeout_ms, total_timeout_ms }: ServerConfig): Complaint[] {
  if (total_timeout_ms >= request_timeout_ms) return [];
  const message = `must be at least request_timeout_ms, which is ${request_timeout_ms}`;
  return [complain(['total_timeout_ms'], 'too_small', message)];
}

/** `env:NAME` in a value: the gateway's own settings are out of reach. */
function checkReference(field: string, key: string, value: string): Complaint[] {
  if (!value.startsWith('env:')) return [];
  const name = value.slice('env:'.length);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return [complain([field, key], 'invalid_reference', 'after env: comes the name of a variable')];
  }
  if (!name.startsWith('SLUICE_') || name.startsWith('SLUICE_SECRET_')) return [];
  const message =
    'settings of the gateway cannot be referred to; names may begin with SLUICE_SECRET_';
  return [complain([field, key], 'forbidden_reference', message)];
}

function repeatedNames(field: string, names: readonly string[]): Complaint[] {
  const groups = Map.groupBy(names, (name) => name.toLowerCase());
  return [...groups.values()]
    .filter((same) => same.length > 1)
    .map((same) =>
      complain([field, same[1] ?? ''], 'repeated', `is the same header as ${same[0]}`),
    );
}

function clash(field: string, name: string, other: string): Complaint {
  return complain([field, name], 'repeated', `is in ${other} too: keep one of them`);
}

function complain(path: readonly PropertyKey[], code: string, message: string): Complaint {
  return { pointer: jsonPointer(path), code, message };
}
