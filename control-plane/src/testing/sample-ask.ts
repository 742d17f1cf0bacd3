/** An ask of alice about the tool `search` of the server `github`. */
import type { Ask } from '@sluice/contract/frames';

export const ask: Ask = {
  id: 1,
  principal: 'alice',
  key: 'alice',
  endpoint: 'dev',
  clientIp: '192.0.2.1',
  method: 'tools/call',
  server: 'github',
  name: 'search',
};
