/** A whole sidecar for tests: real sockets, a stand-in for the control plane, requests as NGINX sends them. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DecisionClaims, signDecision } from '@sluice/contract/decision';
import type { Route } from '@sluice/contract/headers';
import type { Snapshot } from '@sluice/contract/snapshot';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { type ProxyPlugin, startProxyPlugin } from '../proxy-plugin.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { type ControlPlaneStandIn, startControlPlane } from './control-plane-stand-in.ts';

export interface TestRequest {
  /** Default: POST. */
  readonly method?: string;
  /** Path of the endpoint; default: `default`. */
  readonly endpoint?: string;
  /** Default: `mcp`. */
  readonly route?: Route;
  /** On the route `api`: the last part of the path. */
  readonly tool?: string;
  /** A value is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly claims?: Partial<DecisionClaims>;
  /** Instead of a genuine decision; '' = none. */
  readonly decision?: string;
  /** The client leaves. */
  readonly signal?: AbortSignal;
}

export interface TestReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface PluginUnderTest extends AsyncDisposable {
  readonly controlPlane: ControlPlaneStandIn;
  readonly plugin: ProxyPlugin;
  /** Sends a request and reads the whole answer. */
  send(request: TestRequest): Promise<TestReply>;
  /** Sends a request and returns at its headers. */
  open(request: TestRequest): Promise<IncomingMessage>;
  /** Ends the sidecar and starts another one on the same sockets. */
  restart(): Promise<void>;
}

export async function startPlugin(snapshot: Snapshot): Promise<PluginUnderTest> {
  const runDir = await mkdtemp(path.join(tmpdir(), 'sluice-plugin-'));
  const controlPlane = await startControlPlane(path.join(runDir, 'channel.sock'), snapshot);
  const start = async () => {
    const environment = { ...process.env, SLUICE_RUN_DIR: runDir, SLUICE_STDIO: 'any' };
    const config = readConfig({ ...environment, SLUICE_INSTANCE_ID: `test-${process.pid}` });
    const heard = controlPlane.received('acknowledge').length;
    const started = await startProxyPlugin(config, pino({ level: 'silent' }), environment);
    const isConfigured = () => controlPlane.received('acknowledge').length > heard;
    await eventually('the sidecar to be configured', isConfigured);
    return started;
  };
  const open = (request: TestRequest) =>
    openRequest(path.join(runDir, 'plugin.sock'), controlPlane, request);
  let plugin = await start();
  return {
    controlPlane,
    get plugin() {
      return plugin;
    },
    open,
    async send(request) {
      const response = await open(request);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      return { status: response.statusCode ?? 0, headers: response.headers, text };
    },
    async restart() {
      await plugin.stop();
      plugin = await start();
    },
    async [Symbol.asyncDispose]() {
      await plugin.stop();
      await controlPlane[Symbol.asyncDispose]();
      await rm(runDir, { recursive: true, force: true });
    },
  };
}

const ALICE = { principal: 'alice', authenticated: true, key: 'alice-key', secret: 'alice-secret' };
const NOBODY = { principal: 'ip:192.0.2.7', authenticated: false };

/** Claims of alice's key, or of nobody on an open endpoint, with no rules. */
function sampleClaims(version: number, some: Partial<DecisionClaims> = {}): DecisionClaims {
  return {
    ...(some.authenticated === false ? NOBODY : ALICE),
    version,
    ruleSet: 'open',
    expiresAt: Date.now() + 60_000,
    ask: false,
    ...some,
  };
}

async function openRequest(
  socketPath: string,
  { decisionKey, snapshot }: ControlPlaneStandIn,
  request: TestRequest,
): Promise<IncomingMessage> {
  const { method = 'POST', endpoint = 'default', route = 'mcp' } = request;
  const { body, headers, claims, decision, tool } = request;
  const requestId = randomBytes(16).toString('hex');
  const genuine = signDecision(
    createSecretKey(decisionKey),
    sampleClaims(snapshot.version, claims),
    { requestId, endpoint, route, httpMethod: method },
  );
  const sent = sendRequest({
    socketPath,
    method,
    path: `/metamcp/${endpoint}/${route}`,
    ...(request.signal && { signal: request.signal }),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-sluice-endpoint': endpoint,
      'x-sluice-route': route,
      ...(tool !== undefined && { 'x-sluice-tool': tool }),
      'x-sluice-request-id': requestId,
      'x-sluice-client-ip': '192.0.2.7',
      'x-sluice-decision': decision ?? genuine,
      ...headers,
    },
  });
  sent.end(body === undefined || isRaw(body) ? body : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

function isRaw(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}
