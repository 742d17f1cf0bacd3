/** NGINX with nothing but `proxy_pass` and keep-alive: the floor of any reverse proxy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../testing/free-port.ts';
import { waitFor } from '../../testing/wait-for.ts';

export interface PlainNginx {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startPlainNginx(upstreamPort: number): Promise<PlainNginx> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-bench-nginx-'));
  const port = await freePort();
  const configuration = path.join(folder, 'nginx.conf');
  await writeFile(configuration, render(folder, port, upstreamPort));
  const errorLog = path.join(folder, 'error.log');
  const master = spawn('nginx', ['-p', folder, '-e', errorLog, '-c', configuration], {
    stdio: 'inherit',
  });
  const exited = once(master, 'exit');
  await waitFor(() => fetch(`http://127.0.0.1:${port}/`), 'an answer of plain nginx');
  return {
    pid: master.pid ?? 0,
    port,
    async stop() {
      master.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function render(folder: string, port: number, upstreamPort: number): string {
  return `daemon off;
pid ${folder}/nginx.pid;
worker_processes auto;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream bench { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
}
