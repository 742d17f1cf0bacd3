/** An NGINX that somebody else runs, with other apps and habits of its own, and our includes in it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/testing/free-port.ts';
import type { EditPlace } from './nginx-under-test.ts';

/** Port of the server that only speaks HTTP/2, behind a load balancer; and of one that denies everybody. */
export const http2Port = await freePort();
export const deniedPort = await freePort();

export async function writeExistingServers({ dataDir, prefix, port }: EditPlace): Promise<string> {
  const site = join(dataDir, 'site');
  await mkdir(join(site, 'acme'), { recursive: true });
  await writeFile(join(site, 'acme/token'), 'acme answer');
  await writeFile(join(site, '404.html'), 'their 404 page');
  await writeFile(join(site, '403.html'), 'their 403 page');
  const config = join(prefix, 'existing.conf');
  await writeFile(config, existingConfig({ dataDir, prefix, port, site }));
  return config;
}

/** Everything at http and server level that could spoil ours, and everything that ours could spoil. */
function existingConfig({ dataDir, prefix, port, site }: EditPlace & { site: string }): string {
  const root = process.getuid?.() === 0 ? 'user root;' : '';
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${prefix}/temp/${name};`)
    .join('\n');
  return `${root}
pid ${prefix}/existing.pid;
error_log ${dataDir}/log/error.log error;
events { worker_connections 512; }
http {
  ${temp}
  log_format theirs '$request';
  access_log ${dataDir}/log/theirs.log theirs;
  gzip on; gzip_types *; gzip_min_length 1;
  proxy_cache_path ${dataDir}/cache keys_zone=theirs:1m;
  proxy_cache theirs; proxy_cache_valid any 1h; proxy_cache_methods GET HEAD POST; proxy_cache_key $uri;
  proxy_buffering on; proxy_ignore_client_abort on; proxy_intercept_errors on; recursive_error_pages on; client_max_body_size 1k;
  add_header X-Theirs yes always;
  root ${site};
  error_page 403 =200 /403.html;
  error_page 404 /404.html;

  include ${prefix}/sluice-http.conf;

  server {
    listen 127.0.0.1:${port};
    satisfy any; allow all;
    location /.well-known/acme-challenge/ { alias ${site}/acme/; }
    location = /their-auth { internal; if ($http_x_their_pass = "") { return 401; } return 204; }
    location /their-app/ { auth_request /their-auth; satisfy all; try_files /none @their-app; }
    location @their-app { return 200 "their app\\n"; }
    location ~ /mcp$ { return 418; }
    location ~ \\.json$ { return 418; }
    location / { try_files $uri =404; }
    include ${prefix}/sluice-data.conf;
    include ${prefix}/sluice-health.conf;
    include ${prefix}/sluice-admin.conf;
  }
  server {
    listen 127.0.0.1:${http2Port} http2;
    set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on;
    include ${prefix}/sluice-data.conf;
  }
  server {
    listen 127.0.0.1:${deniedPort};
    deny all;
    include ${prefix}/sluice-data.conf;
    include ${prefix}/sluice-health.conf;
    include ${prefix}/sluice-admin.conf;
  }
}
`;
}
