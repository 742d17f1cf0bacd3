/** The process behind `serveStatically`. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const [{ body }] = (await once(process, 'message')) as [{ body: string }];
const bytes = Buffer.from(body);
const headers = { 'content-type': 'application/json', 'content-length': bytes.length };

const server = http.createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(bytes);
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
