/**
 * What the suite starts as "the client": puts the suite's server behind the running gateway and does
 * through it what the scenario wants of a client. Arguments: the URL of that server.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { callApi } from '../testing/call-api.ts';
import { type OpenEndpoint, openEndpoint } from './open-endpoint.ts';

/** Whoever asks for the tools of a scenario gets called with these. */
const ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  add_numbers: { a: 5, b: 3 },
};

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the suite starts this`);
  return value;
}

async function openScenario(serverUrl: string): Promise<OpenEndpoint> {
  const scenario = setting('MCP_CONFORMANCE_SCENARIO');
  const access = {
    adminUrl: setting('CONFORMANCE_ADMIN_URL'),
    adminKey: setting('CONFORMANCE_ADMIN_KEY'),
  };
  const gateway = {
    url: setting('CONFORMANCE_GATEWAY_URL'),
    api: (method: string, apiPath: string, body?: unknown) =>
      callApi(access, { method, apiPath, body }),
  };
  return openEndpoint(gateway, scenario.replaceAll('_', '-'), serverUrl);
}

/** The gateway's client fills in a form as its user would who only presses Enter. */
async function connect(url: string): Promise<Client> {
  const client = new Client(
    { name: 'conformance-driver', version: '1' },
    { capabilities: { elicitation: { form: { applyDefaults: true } } } },
  );
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }));
  const transport = new StreamableHTTPClientTransport(new URL(url));
  // Their types differ in one optional field, which `exactOptionalPropertyTypes` minds.
  await client.connect(transport as Parameters<Client['connect']>[0]);
  return client;
}

await using endpoint = await openScenario(process.argv[2] ?? '');
const client = await connect(endpoint.url);
const { tools } = await client.listTools();
for (const { name } of tools) {
  const result = await client.callTool({ name, arguments: ARGUMENTS[name] ?? {} });
  console.log(JSON.stringify(result));
}
await client.close();
