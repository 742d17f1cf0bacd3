/** JSON bodies, stricter than `JSON.parse`: what two parsers could read differently is refused. */
import { Problem } from './problem.ts';

const MAX_DEPTH = 64;

/** Throws `malformed-json`. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  const trouble = findTrouble(text);
  if (trouble) throw malformed(trouble);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(`the body is not JSON: ${(cause as Error).message}`, cause);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed('the body is not valid UTF-8', cause);
  }
}

/**
 * Scans tokens with a stack of open containers. Text that is no JSON gets through here and fails
 * in `JSON.parse`; depth is bounded before that, because its recursion is not.
 */
function findTrouble(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const token of text.matchAll(/"(?:[^"\\]+|\\[\s\S])*(?:"(\s*:)?|\\?$)|[{}[\]]/g)) {
    const [lexeme, colon] = token;
    if (lexeme === '{' || lexeme === '[') {
      open.push(lexeme === '{' ? new Set() : undefined);
      if (open.length > MAX_DEPTH) return `the body is nested more than ${MAX_DEPTH} levels deep`;
    } else if (lexeme === '}' || lexeme === ']') {
      open.pop();
    } else if (colon) {
      const trouble = checkName(lexeme.slice(0, -colon.length), open.at(-1));
      if (trouble) return trouble;
    }
  }
  return undefined;
}

function checkName(quoted: string, names: Set<string> | undefined): string | undefined {
  const name = unquote(quoted);
  if (name === undefined || !names) return undefined;
  if (name === '__proto__') return 'the body names a field "__proto__"';
  if (names.has(name)) return `the body has the field ${quoted} twice in one object`;
  names.add(name);
  return undefined;
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('malformed-json', detail, { cause });
}
