/** Load over HTTP+SSE, with the client of the SDK. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { LONGEST_CALL_MS, type OpenClient, replyOf } from './client.ts';

/** The SDK does not notice that its stream is gone: a call on it is given up after this. */
const TIMEOUT_MS = LONGEST_CALL_MS / 3;

export const openSse: OpenClient = async (endpointUrl, key) => {
  const transport = new SSEClientTransport(new URL(`${endpointUrl}/sse`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });
  const client = new Client({ name: 'load', version: '1' });
  // Their types differ in one optional field, which `exactOptionalPropertyTypes` minds.
  const connecting = client.connect(transport as Parameters<Client['connect']>[0], {
    timeout: TIMEOUT_MS,
  });
  await connecting.catch(async (error: unknown) => {
    await transport.close(); // It would try again for ever.
    throw error;
  });
  return {
    async call(name, args) {
      const call = { name, arguments: args };
      return replyOf(await client.callTool(call, undefined, { timeout: TIMEOUT_MS }));
    },
    leave: () => client.close(),
  };
};
