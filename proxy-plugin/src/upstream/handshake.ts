/** The legacy handshake with an upstream: `initialize`, then `notifications/initialized`. */
import {
  LATEST_LEGACY_REVISION,
  legacyRevisions,
  PRELIMINARY_REVISION,
} from '../legacy-revisions.ts';
import { askUpstream } from './ask-upstream.ts';
import { isObject, ReplyError } from './collect-reply.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { encodeNotification, type Transport } from './transport.ts';
import { failureOf, notRun, UpstreamError } from './upstream-error.ts';

/** What an upstream said of itself. */
export interface Hello {
  readonly protocolVersion: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly instructions: string | undefined;
  readonly serverName: string | undefined;
  readonly serverVersion: string | undefined;
}

const KNOWN: readonly string[] = [PRELIMINARY_REVISION, ...legacyRevisions()];
const MAX_HELLO_BYTES = 1024 * 1024;

export interface HandshakeDeps {
  readonly serverName: string;
  readonly live: LiveUpstream;
  readonly transport: Transport;
  /** JSON of the capabilities that we announce. */
  readonly profile: string;
  /** Of the gateway, for `clientInfo`. */
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Rejects with `UpstreamError`: `start_failed`, or what the connection says (`unreachable`, `unauthorized`, …). */
export async function shakeHands(deps: HandshakeDeps): Promise<Hello> {
  const result = await initialize(deps);
  const { protocolVersion, capabilities, serverInfo, instructions } = result;
  if (typeof protocolVersion !== 'string' || !KNOWN.includes(protocolVersion)) {
    const spoken = JSON.stringify(protocolVersion ?? null).slice(0, 40);
    const message = `Server "${deps.serverName}" speaks the protocol version ${spoken}; the gateway knows ${KNOWN.join(', ')}.`;
    throw notRun('start_failed', message);
  }
  deps.transport.negotiated(protocolVersion);
  await deps.transport.send(encodeNotification('notifications/initialized'));
  const info = isObject(serverInfo) ? serverInfo : {};
  return {
    protocolVersion,
    capabilities: isObject(capabilities) ? capabilities : {},
    instructions: textOf(instructions),
    serverName: textOf(info.name),
    serverVersion: textOf(info.version),
  };
}

async function initialize(deps: HandshakeDeps): Promise<Record<string, unknown>> {
  const { live, headers, timeoutMs } = deps;
  const params = {
    protocolVersion: LATEST_LEGACY_REVISION,
    capabilities: JSON.parse(deps.profile),
    clientInfo: { name: 'sluice', version: deps.version },
  };
  const request = { method: 'initialize', params, headers, timeoutMs };
  try {
    return await askUpstream(live, request, { left: MAX_HELLO_BYTES });
  } catch (error) {
    throw handshakeError(deps, error);
  }
}

/** Nothing of a client has been sent yet, so every failure here is `notRun`. */
function handshakeError(deps: HandshakeDeps, error: unknown): UpstreamError {
  if (error instanceof ReplyError) {
    const message = `Server "${deps.serverName}" refused the handshake: ${deps.transport.scrub(error.message)} (${error.code}).`;
    return notRun('start_failed', message);
  }
  const failure = failureOf(error);
  if (failure.reason === 'timeout') {
    const message = `Server "${deps.serverName}" did not finish its handshake within ${deps.timeoutMs} ms. Look at its status, or raise its connect timeout.`;
    return notRun('unreachable', message);
  }
  const reason = failure.reason === 'crashed' ? 'start_failed' : failure.reason;
  return new UpstreamError({ ...failure, reason, notRun: true }, { cause: error });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
