/** A call record that tests vary. */
import type { NewCall } from '../calls/call-outbox.ts';

export function sampleCall(some: Partial<NewCall> = {}): NewCall {
  return {
    time: 1_000_000,
    requestId: 'r1',
    principal: 'alice',
    key: 'alice-key',
    clientIp: '192.0.2.7',
    endpoint: 'default',
    method: 'tools/call',
    server: 'git',
    name: 'pull',
    visibleName: 'git__pull',
    write: true,
    outcome: 'ok',
    httpStatus: 200,
    durationMs: 3,
    upstreamMs: 2,
    requestBytes: 100,
    responseBytes: 100,
    count: 1,
    ...some,
  };
}
