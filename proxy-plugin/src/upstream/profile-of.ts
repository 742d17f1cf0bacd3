/** What a client declared that it can do for a server, as far as the gateway carries it. */
import { EMPTY_PROFILE } from '@sluice/contract/lists';
import { isObject } from './collect-reply.ts';

/**
 * Canonical JSON of the capabilities that upstreams are told of: those of `declared` that are carried,
 * in one order, so that equal clients share upstreams and lists. Left out: `roots.listChanged` and
 * `tasks`, which are not carried; `sampling.context`, by which one server would get what the client
 * knows of its neighbours; `experimental` ones, whose rules nobody here knows.
 */
export function profileOf(declared: unknown): string {
  if (!isObject(declared)) return EMPTY_PROFILE;
  const { elicitation, roots, sampling } = declared;
  return JSON.stringify({
    ...(isObject(elicitation) && { elicitation: flags(elicitation, ['form', 'url']) }),
    ...(isObject(roots) && { roots: {} }),
    ...(isObject(sampling) && { sampling: flags(sampling, ['tools']) }),
  });
}

function flags(capability: Record<string, unknown>, known: readonly string[]): object {
  return Object.fromEntries(
    known.flatMap((name) => (isObject(capability[name]) ? [[name, {}]] : [])),
  );
}
