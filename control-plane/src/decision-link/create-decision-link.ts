/** The storage thread's end of the port: questions out, events in. */
import type { MessagePort } from 'node:worker_threads';
import type { CallRecord } from '@sluice/contract/call-record';
import type { PluginMessages } from '@sluice/contract/frames';
import type { DecisionEvents, DecisionLink } from './decision-link.ts';
import type { Question, StorageEvent, ToDecision, ToStorage } from './messages.ts';

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
  const send = (message: ToDecision) => port.postMessage(message);
  const ask = <T>(method: Question, argument?: unknown): Promise<T> => {
    lastId += 1;
    const id = lastId;
    send({ type: 'question', id, method, argument });
    return new Promise<unknown>((resolve, reject) =>
      pending.set(id, { resolve, reject }),
    ) as Promise<T>;
  };
  const settle = (id: number, settlement: (question: Pending) => void) => {
    const question = pending.get(id);
    pending.delete(id);
    if (question) settlement(question);
  };
  port.on('message', (message: ToStorage) => {
    if (message.type === 'reply') settle(message.id, (question) => question.resolve(message.value));
    else if (message.type === 'failure') {
      settle(message.id, (question) => question.reject(new Error(message.message)));
    } else void handleEvent(message, events, send);
  });
  return {
    publish: (change) => ask('publish', change),
    syncServer: (server) => ask('syncServer', server),
    limitStandings: (question) => ask('limitStandings', question),
    metrics: () => ask('metrics'),
    readySidecars: () => ask('readySidecars'),
  };
}

async function handleEvent(
  event: StorageEvent,
  events: DecisionEvents,
  send: (message: ToDecision) => void,
): Promise<void> {
  switch (event.type) {
    case 'calls':
      return store(event.id, () => parse<PluginMessages['calls']>(event.payload), events, send);
    case 'denials':
      return store(event.id, () => ({ batch: 0, records: event.records }), events, send);
    case 'lists': {
      const lists = parse<PluginMessages['lists']>(event.payload);
      return events.lists(lists.server, lists.revision, lists.profile, lists.lists);
    }
    case 'status':
      return events.status(parse<PluginMessages['status']>(event.payload).servers);
    case 'keys-used':
      return events.keysUsed(event.lastUsed);
    case 'stop':
      await events.stop();
      return send({ type: 'stopped' });
  }
}

async function store(
  id: number,
  read: () => { readonly batch: number; readonly records: readonly CallRecord[] },
  events: DecisionEvents,
  send: (message: ToDecision) => void,
): Promise<void> {
  try {
    const { batch, records } = read();
    await events.storeCalls(records);
    send({ type: 'stored', id, batch });
  } catch (error) {
    send({ type: 'not-stored', id, message: (error as Error).message });
  }
}

function parse<T>(payload: Uint8Array): T {
  return JSON.parse(
    Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString(),
  ) as T;
}
