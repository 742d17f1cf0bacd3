/** Names that clients see: `<prefix><separator><name>`, of legal characters and bounded length. */
import { createHash } from 'node:crypto';

export interface NameParts {
  /** '' = neither prefix nor separator. */
  readonly prefix: string;
  readonly separator: string;
  /** Original name at the server. */
  readonly name: string;
}

/** MCP 2025-11-25, "Tool Names": ASCII letters, digits, `_`, `-` and `.`. */
const LEGAL_NAME = /^[A-Za-z0-9_.-]+$/;
const ILLEGAL_CHARACTER = /[^A-Za-z0-9_.-]/gu;
const HASH_DIGITS = 8;

/** The visible name of an original one, where no override names it. */
export function visibleName({ prefix, separator, name }: NameParts, maxLength: number): string {
  return fitName(prefix === '' ? name : `${prefix}${separator}${name}`, maxLength);
}

/** Whether clients can be shown `name` as it is. */
export function isLegalName(name: string, maxLength: number): boolean {
  return name.length <= maxLength && LEGAL_NAME.test(name);
}

/**
 * `name` itself if it is legal. Otherwise illegal characters become `_`, the end is cut off, and a
 * hash of the whole name takes its place: the result depends on `name` alone, so it stays the same
 * whatever else is listed, and two long or foreign names stay apart.
 */
export function fitName(name: string, maxLength: number): string {
  if (isLegalName(name, maxLength)) return name;
  const suffix = `_${createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS)}`;
  const head = name
    .replace(ILLEGAL_CHARACTER, '_')
    .slice(0, Math.max(0, maxLength - suffix.length));
  return `${head}${suffix}`.slice(0, maxLength);
}
