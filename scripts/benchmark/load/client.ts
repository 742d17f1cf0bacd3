/** One simulated client: a connection and the next thing it does. */
import { type Connection, createConnection } from './connection.ts';
import type { HttpReply } from './http-reply.ts';
import type { LoadSpec } from './load.ts';
import { callTemplate, getRequest, listTemplate, type RequestTemplate } from './mcp-request.ts';
import { openSession } from './session.ts';

export interface Failure {
  /** Errors are counted by it. */
  readonly kind: string;
  /** Start of the wrong reply. */
  readonly reply?: string;
}

export interface Client {
  /** One operation; undefined if all went well. */
  step(): Promise<Failure | undefined>;
  close(): void;
}

/** Connects and opens one session per lane, unless the operation does that itself. */
export async function createClient(spec: LoadSpec, index: number): Promise<Client> {
  const connection = createConnection(spec.target.address);
  const operate = await operation(spec, connection);
  let sequence = index * 1_000_000;
  return {
    step: () => operate(sequence++).catch(failureOf),
    close: connection.close,
  };
}

type Operate = (sequence: number) => Promise<Failure | undefined>;

async function operation(spec: LoadSpec, connection: Connection): Promise<Operate> {
  const { lanes } = spec.target;
  switch (spec.operation) {
    case 'session':
      return async (sequence) => {
        await openSession(connection, at(lanes, sequence));
        return undefined;
      };
    case 'get': {
      const requests = lanes.map(getRequest);
      return async (sequence) => {
        const reply = await connection.send(at(requests, sequence));
        return reply.status === (spec.status ?? 200) ? undefined : statusFailure(reply);
      };
    }
    case 'call':
    case 'list': {
      const templates = await sessionTemplates(spec, connection);
      return async (sequence) => {
        const { text, id } = at(templates, sequence).render(sequence);
        return messageFailure(await connection.send(text), id);
      };
    }
  }
}

/** Alternates between the lanes, so that calls are spread over all servers evenly. */
async function sessionTemplates(
  spec: LoadSpec,
  connection: Connection,
): Promise<readonly RequestTemplate[]> {
  const perLane: RequestTemplate[][] = [];
  for (const lane of spec.target.lanes) {
    const sessionId = await openSession(connection, lane);
    perLane.push(
      spec.operation === 'list'
        ? [listTemplate(lane, sessionId)]
        : lane.tools.map((tool) => callTemplate(lane, sessionId, tool)),
    );
  }
  const longest = Math.max(...perLane.map((templates) => templates.length));
  return Array.from({ length: longest }, (_, row) =>
    perLane.map((templates) => at(templates, row)),
  ).flat();
}

function messageFailure(reply: HttpReply, id: string): Failure | undefined {
  if (reply.status !== 200) return statusFailure(reply);
  if (!reply.body.includes('"result":')) return failure('JSON-RPC error', reply);
  if (reply.body.includes('"isError":true')) return failure('tool error', reply);
  return reply.body.includes(id) ? undefined : failure('reply with another id', reply);
}

function statusFailure(reply: HttpReply): Failure {
  return failure(`status ${reply.status}`, reply);
}

function failure(kind: string, { body }: HttpReply): Failure {
  return { kind, reply: body.toString('utf8', 0, 500) };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: String(error) };
  return { kind: 'code' in error ? String(error.code) : error.message };
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('unreachable: an empty list of lanes or tools');
  return value;
}
