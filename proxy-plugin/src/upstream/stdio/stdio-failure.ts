/** What goes wrong on a stdio connection, in words for the people who meet it. */

import { MAX_REPLY_BYTES } from '../transport.ts';
import type { UpstreamFailure } from '../upstream.ts';

export function crashed(
  server: string,
  code: number | null,
  signal: string | null,
): UpstreamFailure {
  const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
  return {
    reason: 'crashed',
    message: `Server "${server}": its process ${how}. It is started again when it is needed; its status shows what it last wrote to stderr.`,
    notRun: false,
  };
}

export function overgrown(server: string, bytes: number, limitBytes: number): UpstreamFailure {
  const [used, limit] = [bytes, limitBytes].map((size) => Math.ceil(size / 1024 / 1024));
  return {
    reason: 'crashed',
    message: `Server "${server}": its processes used ${used} MiB of memory, more than its \`memory_limit_mib\` of ${limit}, and were ended. It is started again when it is needed; raise the limit if it needs so much.`,
    notRun: false,
  };
}

export function closed(server: string): UpstreamFailure {
  return {
    reason: 'disconnected',
    message: `Server "${server}": the gateway ended its process (configuration change, end of session, or shutdown). Try again.`,
    notRun: false,
  };
}

export function tooLarge(server: string): UpstreamFailure {
  return {
    reason: 'too_large',
    message: `Server "${server}" wrote a message of more than ${MAX_REPLY_BYTES} bytes; its process was ended. Ask it for less at a time.`,
    notRun: false,
  };
}

export function garbled(server: string, problem: string): UpstreamFailure {
  return {
    reason: 'garbage',
    message: `Server "${server}" answered with something that is no JSON-RPC message: ${problem}.`,
    notRun: false,
  };
}

export function unread(server: string): UpstreamFailure {
  return {
    reason: 'capacity',
    message: `Server "${server}" does not read its input; too much is waiting for it already. Try again later.`,
    notRun: true,
  };
}
