/** The storage thread's end of the port: questions out, events in. */
import type { MessagePort } from 'node:worker_threads';
import type { PluginMessages } from '@sluice/contract/frames';
import { EMPTY_PROFILE } from '@sluice/contract/lists';
import type { ServerTools } from '../decision/known-tools.ts';
import type { DecisionEvents, DecisionLink } from './decision-link.ts';
import type { Question, StorageEvent, ToDecision, ToStorage } from './messages.ts';
import { readBatch, readCalls, readLists, readStatus } from './sidecar-payloads.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Connects `events` to the decision loop and returns the handle on it.
 * An error thrown by a handler that has nobody to answer to is not caught: it ends the thread.
 */
export function createDecisionLink(port: MessagePort, events: DecisionEvents): DecisionLink {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  const send: Send = (message, transfer = []) => port.postMessage(message, transfer);
  const ask = <T>(method: Question, argument?: unknown): Promise<T> => {
    lastId += 1;
    const id = lastId;
    send({ type: 'question', id, method, argument });
    return new Promise<unknown>((resolve, reject) =>
      pending.set(id, { resolve, reject }),
    ) as Promise<T>;
  };
  const toolsListed: DecisionLink['toolsListed'] = (tools) => ask('toolsListed', tools);
  const settle = (id: number, settlement: (question: Pending) => void) => {
    const question = pending.get(id);
    pending.delete(id);
    if (question) settlement(question);
  };
  port.on('message', (message: ToStorage) => {
    if (message.type === 'reply') settle(message.id, (question) => question.resolve(message.value));
    else if (message.type === 'failure') {
      settle(message.id, (question) => question.reject(new Error(message.message)));
    } else void handleEvent(message, events, send, toolsListed);
  });
  return {
    publish: (change) => ask('publish', change),
    syncServer: (server) => ask('syncServer', server),
    toolsListed,
    limitStandings: (question) => ask('limitStandings', question),
    metrics: () => ask('metrics'),
    readySidecars: () => ask('readySidecars'),
  };
}

type Send = (message: ToDecision, transfer?: readonly ArrayBuffer[]) => void;

/** More would not go through the channel at once; what is left out, the sidecar lists itself. */
const MAX_KNOWN_BYTES = 32 * 1024 * 1024;

function sendKnownLists(id: number, events: DecisionEvents, send: Send): void {
  let left = MAX_KNOWN_BYTES;
  const payloads = events.knownLists().flatMap((lists) => {
    const payload = new TextEncoder().encode(JSON.stringify(lists));
    if (payload.length > left) return [];
    left -= payload.length;
    return [payload];
  });
  send(
    { type: 'known-lists', id, payloads },
    payloads.map(({ buffer }) => buffer),
  );
}

async function handleEvent(
  event: StorageEvent,
  events: DecisionEvents,
  send: Send,
  toolsListed: DecisionLink['toolsListed'],
): Promise<void> {
  switch (event.type) {
    case 'calls': {
      const calls = readable(event, events, (payload) => readCalls(parseJson(payload)));
      if (calls) await events.storeCalls(calls.records);
      // Also what can't be read is done with: sent again it would be no better.
      const batch = calls ? calls.batch : batchOf(event.payload);
      return send({ type: 'stored', id: event.id, batch });
    }
    case 'denials':
      return events.storeCalls(event.records);
    case 'lists': {
      const lists = readable(event, events, (payload) => readLists(parseJson(payload)));
      if (!lists) return;
      events.lists(lists.server, lists.revision, lists.profile, lists.lists);
      if (lists.profile === EMPTY_PROFILE) await toolsListed(toolsOf(lists));
      return;
    }
    case 'status': {
      const servers = readable(event, events, (payload) => readStatus(parseJson(payload)));
      return servers && events.status(servers);
    }
    case 'known-lists':
      return sendKnownLists(event.id, events, send);
    case 'keys-used':
      return events.keysUsed(event.lastUsed);
    case 'stop':
      await events.stop();
      return send({ type: 'stopped' });
  }
}

function toolsOf({ server, revision, lists }: PluginMessages['lists']): ServerTools {
  const tools = lists.tools.map(({ name, annotations }) => ({
    name,
    ...(annotations?.readOnlyHint === true && { annotations: { readOnlyHint: true } }),
  }));
  return { server, revision, tools };
}

type SidecarEvent = Extract<StorageEvent, { readonly payload: Uint8Array }>;

/** Undefined, and told to `events`, if the payload is not what it should be. */
function readable<T>(
  { type, payload }: SidecarEvent,
  events: DecisionEvents,
  read: (payload: Uint8Array) => T,
): T | undefined {
  try {
    return read(payload);
  } catch (error) {
    events.unreadable(type, error);
    return undefined;
  }
}

/** Of a payload that is wrong otherwise. */
function batchOf(payload: Uint8Array): number | undefined {
  try {
    return readBatch(parseJson(payload));
  } catch {
    return undefined;
  }
}

function parseJson(payload: Uint8Array): unknown {
  return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString());
}
