/** The API on a real database in a temporary folder, joined to a real decision plane in this process. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { pino } from 'pino';
import type { Config } from '../config.ts';
import type { InstallationKeys } from '../credentials/key-file.ts';
import { createDecisionLink } from '../decision-link/create-decision-link.ts';
import { serveDecisionLink } from '../decision-link/serve-decision-link.ts';
import { createStorageLink } from '../decision-link/storage-link.ts';
import { createDecisionPlane } from '../decision-plane.ts';
import type { Dependencies } from '../dependencies.ts';
import { startApi } from '../start-api.ts';
import { checkResponse } from './document-checker.ts';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape the document checker has just proven
  readonly body: any;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Admin key; default: the owner's. null sends none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly dataDir: string;
  readonly deps: Dependencies;
  readonly owner: string;
  /** Sends `METHOD /path` and holds the response to the document. */
  call(request: string, options?: CallOptions): Promise<Reply>;
  /** Issues an admin key. */
  adminKey(scope: 'viewer' | 'editor' | 'owner'): Promise<string>;
  close(): Promise<void>;
}

export interface Place {
  /** Is left in place on close. */
  readonly dataDir: string;
  readonly keys: InstallationKeys;
}

/** `place` goes on with an installation; without it, one is made and removed on close. */
export async function openTestApi(
  overrides: Partial<Config> = {},
  place?: Place,
): Promise<TestApi> {
  const dataDir = place?.dataDir ?? (await mkdtemp(join(tmpdir(), 'sluice-api-')));
  const config = testConfig(dataDir, overrides);
  const keys = place?.keys ?? { secrets: randomBytes(32), pepper: randomBytes(32) };
  const logger = pino({ level: 'silent' });
  const { port1, port2 } = new MessageChannel();
  const storage = createStorageLink(port1);
  const plane = createDecisionPlane({ config, keys, storage, logger });
  serveDecisionLink(port1, plane.answers);
  const connect = (events: Parameters<typeof createDecisionLink>[1]) =>
    createDecisionLink(port2, events);
  const closePorts = () => {
    port1.close();
    port2.close();
  };
  const { app, deps, stop } = await startApi({ config, keys, logger, connect }).catch((error) => {
    closePorts();
    throw error;
  });
  const owner = (await readFile(join(dataDir, 'admin.key'), 'utf8')).trim();
  let issued = 0;
  const call: TestApi['call'] = async (request, { body, key = owner, headers = {} } = {}) => {
    const [method = '', url = ''] = request.split(' ');
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const response = await app.request(url, {
      method,
      headers: {
        ...(sent !== undefined && { 'Content-Type': 'application/json' }),
        ...(key !== null && { Authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    const received = await read(response);
    checkResponse(method, url.split('?')[0] ?? '', response, received);
    return { status: response.status, body: received, headers: response.headers };
  };
  return {
    dataDir,
    deps,
    owner,
    call,
    async adminKey(scope) {
      issued += 1;
      const name = `${scope}-${issued}`;
      const reply = await call('POST /api/v1/admin-keys', { body: { name, scope } });
      return reply.body.secret;
    },
    async close() {
      await stop();
      closePorts();
      if (!place) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  return /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

function testConfig(dataDir: string, overrides: Partial<Config>): Config {
  return {
    dataDir,
    runDir: dataDir,
    publicUrl: 'http://127.0.0.1:12008',
    stdio: 'any',
    limitHeaders: ['x-team'],
    callsMaxAgeDays: 30,
    callsMaxMb: 512,
    logLevel: 'silent',
    version: 'test',
    supervised: false,
    ...overrides,
  };
}
