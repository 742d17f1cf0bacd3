/** The whole product with one recorded server behind two endpoints, and a key for the first. */
import { issueKey, put } from '../../scripts/end-to-end/provision.ts';
import { type Gateway, startGateway } from '../../scripts/testing/start-gateway.ts';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';

export interface Product extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly server: RecordingServer;
  readonly port: number;
  /** URLs of the endpoints `pub` and `priv`. */
  readonly pub: string;
  readonly priv: string;
  /** Of the key `tester`, for `pub` alone. */
  readonly key: string;
}

export const PUB = '/metamcp/pub/mcp';

export async function startProduct(env: Readonly<Record<string, string>> = {}): Promise<Product> {
  const server = await startRecordingServer();
  const gateway = await startGateway({ env });
  await put(gateway, 'servers/rec', { transport: 'streamable-http', url: server.url });
  await put(gateway, 'namespaces/main', { members: [{ server: 'rec' }] });
  for (const name of ['pub', 'priv']) {
    await put(gateway, `endpoints/${name}`, {
      namespace: 'main',
      allowed_origins: ['https://app.example'],
    });
  }
  return {
    gateway,
    server,
    port: Number(new URL(gateway.url).port),
    pub: gateway.url + PUB,
    priv: `${gateway.url}/metamcp/priv/mcp`,
    key: await issueKey(gateway, 'tester', { endpoints: ['pub'] }),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}
