/** Which stdio servers may be started: `SLUICE_STDIO=any|allow-list|off` and the file of allowed command lines. */
import { readFile } from 'node:fs/promises';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { notRun, type UpstreamError } from '../upstream-error.ts';

export type StdioMode = 'any' | 'allow-list' | 'off';

export interface StdioPolicy {
  /** Rejects with `UpstreamError` (`refused_by_policy`) saying what the operator can do. */
  check(server: ServerRuntime): Promise<void>;
}

/** One allowed command line: a glob per argument. */
interface AllowedCommand {
  readonly words: readonly string[];
  /** Glob for `cwd`; without it the server may not set one. */
  readonly cwd: string | undefined;
}

/**
 * `allowFile` holds one command line per line, `#` starts a comment:
 *
 *     npx -y @modelcontextprotocol/server-*
 *     cwd=/srv/mcp/* node server.js **
 *     ["node", "/srv/my tools/server.js"]
 *
 * Words are separated by spaces, or a JSON array of strings where they hold spaces. Each is a glob for
 * one whole argument. A `*` in a word stands for any characters but `/` and `:`, so that it reaches
 * neither another folder nor another source of a package (`name@npm:other`, `name@owner/repository`);
 * a word that is `*` alone stands for any argument, a last `**` for any further arguments.
 * The file is read at every start of a child, so that a change needs no restart.
 */
export function createStdioPolicy(mode: StdioMode, allowFile: string): StdioPolicy {
  return {
    async check(server) {
      if (mode === 'any') return;
      if (mode === 'off') {
        throw refused(server, 'stdio servers are switched off (SLUICE_STDIO=off)');
      }
      const variable = Object.keys(server.env).find(isDangerous);
      if (variable !== undefined) {
        const why = `its environment sets ${variable}, which can change what its command runs`;
        throw refused(
          server,
          `${why}. SLUICE_STDIO=allow-list does not admit that: remove env.${variable}`,
        );
      }
      const allowed = parseAllowFile(await readAllowFile(server, allowFile));
      if (!allowed.some((command) => matches(command, server))) {
        throw refused(server, `no line of ${allowFile} matches its command line${cwdHint(server)}`);
      }
    },
  };
}

/** Loaders, interpreters and package runners obey these, so they can turn an allowed command into another. */
const DANGEROUS = new RegExp(
  `^(${[
    'PATH|HOME|IFS|ENV|SHELLOPTS|BASH.*|XDG_.*|SLUICE_.*',
    'LD_.*|DYLD_.*|GCONV_PATH',
    'NODE_(OPTIONS|PATH|REPL_.*|EXTRA_CA_CERTS|V8_COVERAGE)|NPM_CONFIG_.*|BUN_.*|DENO_.*',
    'PYTHON(PATH|HOME|STARTUP|USERBASE|PLATLIBDIR|BREAKPOINT|WARNINGS)|PIP_.*|UV_.*',
    'RUBY(OPT|LIB)|GEM_.*|BUNDLE_.*|PERL5?(OPT|LIB|DB)|PHPRC|PHP_INI_SCAN_DIR|LUA_.*',
    'JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|DOTNET_STARTUP_HOOKS',
    'GIT_(SSH.*|EXEC_PATH|CONFIG.*|ASKPASS|PROXY_COMMAND|EXTERNAL_DIFF|TEMPLATE_DIR|EDITOR|PAGER)',
  ].join('|')})$`,
  'i',
);

function isDangerous(name: string): boolean {
  return DANGEROUS.test(name);
}

function parseAllowFile(text: string): AllowedCommand[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

function parseLine(line: string): AllowedCommand {
  const words = line.startsWith('[') ? jsonWords(line) : line.split(/\s+/);
  const cwd = words[0]?.startsWith('cwd=') ? words[0].slice('cwd='.length) : undefined;
  return { cwd, words: cwd === undefined ? words : words.slice(1) };
}

/** A line that is no JSON array of strings allows nothing. */
function jsonWords(line: string): string[] {
  try {
    const words: unknown = JSON.parse(line);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : [];
  } catch {
    return [];
  }
}

function matches({ words, cwd }: AllowedCommand, server: ServerRuntime): boolean {
  if (server.cwd !== undefined && (cwd === undefined || !matchesWord(cwd, server.cwd))) {
    return false;
  }
  const argv = [server.command ?? '', ...server.args];
  const open = words.at(-1) === '**';
  const exact = open ? words.slice(0, -1) : words;
  if (exact.length === 0 || (open ? argv.length < exact.length : argv.length !== exact.length)) {
    return false;
  }
  return exact.every((word, index) => matchesWord(word, argv[index] ?? ''));
}

function matchesWord(word: string, argument: string): boolean {
  if (word === '*' || word === argument) return true;
  const literals = word.split('*').map((literal) => RegExp.escape(literal));
  return new RegExp(`^${literals.join('[^/:]*')}$`).test(argument) && !climbs(argument);
}

/** `/srv/..` fits `/srv/*`, and is another folder all the same. */
function climbs(argument: string): boolean {
  return argument.split('/').includes('..');
}

async function readAllowFile(server: ServerRuntime, allowFile: string): Promise<string> {
  try {
    return await readFile(allowFile, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw refused(server, `the list of allowed commands can't be read: ${allowFile} (${code})`);
  }
}

function cwdHint(server: ServerRuntime): string {
  return server.cwd === undefined ? '' : ' and working directory (a line needs cwd=… to admit one)';
}

function refused(server: ServerRuntime, why: string): UpstreamError {
  return notRun('refused_by_policy', `Server "${server.name}" is not started: ${why}.`);
}
