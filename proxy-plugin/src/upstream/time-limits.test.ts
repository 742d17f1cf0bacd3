/** What extends the time of a call, and what does not, once per transport. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime, Transport } from '@sluice/contract/snapshot';
import { type RpcRequest, startHttpStandIn } from './testing/http-stand-in.ts';
import { startSseStandIn } from './testing/sse-stand-in.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { runTestCall, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const STEP_MS = 60;

/** Reports `params.steps` steps of progress, then answers; with `params.same` it gets no further. */
function steps(message: RpcRequest, stepMs: number, write: (sent: unknown) => void): void {
  const { steps, same, _meta } = message.params as Record<string, Record<string, unknown>>;
  let progress = 0;
  const timer = setInterval(() => {
    progress += 1;
    const params = { progressToken: _meta?.progressToken, progress: same ? 1 : progress };
    if (progress < Number(steps)) {
      write({ jsonrpc: '2.0', method: 'notifications/progress', params });
    } else {
      clearInterval(timer);
      write({ jsonrpc: '2.0', id: message.id, result: {} });
    }
  }, stepMs);
  timer.unref();
}

function answerInSteps(message: RpcRequest, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  // A comment that keeps the connection alive says nothing of progress.
  const comments = setInterval(() => response.write(': keep-alive\n\n'), 10);
  response.on('close', () => clearInterval(comments));
  if (!message.params?.steps) return;
  steps(message, STEP_MS, (sent) => {
    response.write(`data: ${JSON.stringify(sent)}\n\n`);
    if ('id' in Object(sent)) response.end();
  });
}

describe('the time limits of a call', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  const LIMITS = { requestTimeoutMs: 600, totalTimeoutMs: 2_500 };
  const call = (params: object) => ({
    method: 'tools/call',
    params: JSON.stringify({ ...params, _meta: { progressToken: 't' } }),
  });

  /** A server over `transport`; what is behind it ends with `stack`. */
  async function serverOver(
    transport: Transport,
    stack: AsyncDisposableStack,
  ): Promise<ServerRuntime> {
    if (transport === 'stdio') {
      return standIns.write('steps', `${steps}; serve((m) => steps(m, ${STEP_MS}, send));`, LIMITS);
    }
    const standIn =
      transport === 'sse'
        ? await startSseStandIn({ onCall: (message, { say }) => steps(message, STEP_MS, say) })
        : await startHttpStandIn(answerInSteps);
    const { url } = stack.use(standIn);
    return serverOf('remote', { transport, url, ...LIMITS });
  }

  for (const transport of ['stdio', 'streamable-http', 'sse'] as const) {
    it(`${transport}: progress extends it, standing still does not, and nothing extends it in all`, async () => {
      await using stack = new AsyncDisposableStack();
      await using test = startUpstreams();
      const server = await serverOver(transport, stack);
      const run = (params: object) => runTestCall(test.upstreams, server, call(params));
      const [long, still, endless] = await Promise.all([
        run({ steps: 15 }),
        run({ steps: 15, same: true }),
        run({ steps: 1_000 }),
      ]);
      assert.equal(long.notifications.length, 14);
      assert.ok(long.summary);
      assert.match(still.failure?.message ?? '', /did not answer within 600 ms/);
      assert.match(endless.failure?.message ?? '', /2500 ms, the most that one call may take/);
      assert.deepEqual([still.failure?.reason, endless.failure?.reason], ['timeout', 'timeout']);
    });
  }

  it('comments on its stream do not extend it', async () => {
    await using stack = new AsyncDisposableStack();
    await using test = startUpstreams();
    const server = await serverOver('streamable-http', stack);
    const { failure } = await runTestCall(test.upstreams, server, call({}));
    assert.match(failure?.message ?? '', /did not answer within 600 ms/);
  });
});
