/** `completion/complete`: values for an argument, from the server of the prompt or resource it belongs to. */
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import { resourceRefusal } from '@sluice/contract/visible-to';
import { type ClientMessage, paramsWithField, parsedParams } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import { isObject } from '../upstream/collect-reply.ts';
import { claimOrTell } from './claim-request.ts';
import { type FoundTarget, findTarget } from './find-target.ts';
import { forwardCall } from './forward-call.ts';
import type { DataPath, Turn } from './turn.ts';

/** The member of `ref` that names what is completed. */
const FIELDS: Readonly<Record<string, 'name' | 'uri'>> = {
  'ref/prompt': 'name',
  'ref/resource': 'uri',
};

/** No call: it runs nothing, counts against no limit and leaves no record. */
export async function complete(path: DataPath, turn: Turn, id: Buffer): Promise<void> {
  const { exchange, namespace, caller, rules, message } = turn;
  const ref = refOf(message);
  const { catalog } = await path.catalogs.settled(namespace, caller);
  const found = ref && findReference(catalog, rules, ref);
  if (!ref || !found?.allowed) {
    const text = 'Unknown reference: "params.ref" must name a listed prompt or resource template.';
    exchange.respond(errorResponse(id, -32602, text));
    return;
  }
  const claimed = claimOrTell(path, turn, id);
  if (!claimed) return;
  const { target } = found;
  const own = Buffer.from(JSON.stringify({ ...ref.value, [ref.field]: target.name }));
  const params = paramsWithField(message, 'ref', own);
  const method = 'completion/complete';
  const call = { id, method, target, limits: {}, done: claimed.finished } as const;
  claimed.started(forwardCall(path, turn, call, params));
}

interface Reference {
  readonly value: Readonly<Record<string, unknown>>;
  readonly field: 'name' | 'uri';
  readonly visibleName: string;
}

function refOf(message: ClientMessage): Reference | undefined {
  const { ref } = parsedParams(message);
  const field = isObject(ref) ? FIELDS[String(ref.type)] : undefined;
  const visibleName = isObject(ref) && field && ref[field];
  return field && typeof visibleName === 'string' && isObject(ref)
    ? { value: ref, field, visibleName }
    : undefined;
}

/** Templates go by their visible text, before a resource that may fit one of them. */
function findReference(
  catalog: Catalog,
  rules: RuleSet,
  { field, visibleName }: Reference,
): FoundTarget {
  if (field === 'name') return findTarget(catalog, rules, 'prompts/get', visibleName);
  const template = catalog.templates.find((one) => one.visibleUriTemplate === visibleName);
  if (!template) return findTarget(catalog, rules, 'resources/read', visibleName);
  const { server, uriTemplate } = template;
  const target = { server, name: uriTemplate, write: false };
  const reason = resourceRefusal(rules, server);
  return reason
    ? { allowed: false, visibleName, target, reason }
    : { allowed: true, visibleName, target };
}
