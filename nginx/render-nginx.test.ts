/** What the renderer writes, keeps and refuses. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import { promisify } from 'node:util';
import { inspectNginx } from './inspect-nginx.ts';
import { type NginxSettings, renderNginx } from './render-nginx.ts';
import { NGINX, testSettings } from './testing/nginx-under-test.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice nginx-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

function render(settings: Partial<NginxSettings> = {}) {
  return renderNginx({ ...testSettings(dataDir), ...settings });
}

/** What `nginx -t` says; '' is what it says if all is well. */
async function check(config: string): Promise<string> {
  const args = ['-t', '-q', '-p', join(dataDir, 'nginx'), '-c', config];
  return promisify(execFile)(NGINX, args).then(
    ({ stderr }) => stderr,
    ({ stderr }: { stderr: string }) => stderr,
  );
}

it('every kind of configuration passes nginx -t without a warning', async () => {
  const kinds: readonly Partial<NginxSettings>[] = [
    {},
    { adminListen: '127.0.0.1:12009' },
    { listen: '0.0.0.0:12008', publicUrl: 'http://127.0.0.1:12008' },
    { listen: '0.0.0.0:12008', publicUrl: 'https://mcp.example.com' },
    { listen: '[::1]:12008', adminListen: '[::1]:12008', publicUrl: 'http://[::1]:12008' },
    { limitHeaders: ['x-tenant', 'X-Team', 'x-tenant', 'mcp-protocol-version'] },
  ];
  for (const kind of kinds) {
    const { config } = await render(kind);
    assert.equal(await check(config), '', JSON.stringify(kind));
  }
});

it('the http include passes nginx -t alone', async () => {
  const { prefix } = await render();
  const config = join(prefix, 'alone.conf');
  const http = `http { include "${prefix}/sluice-http.conf"; }`;
  await writeFile(config, `pid "${prefix}/x.pid";\nevents {}\n${http}\n`);
  assert.doesNotMatch(await check(config), /emerg|sluice_/);
});

it('the snippet of the README passes nginx -t', async () => {
  const { prefix } = await render();
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const snippet = /```nginx\n(http \{.*?)```/s.exec(readme)?.[1];
  assert.ok(snippet);
  const local = snippet
    .replaceAll(/include \/srv\/sluice\/nginx\/(\S+);/g, `include "${prefix}/$1";`)
    .replaceAll(/^ *ssl_certificate.*$/gm, '')
    .replaceAll(/listen (\S+) ssl/g, 'listen 127.0.0.1:12008')
    .replaceAll('your-app', '127.0.0.1:9');
  const config = join(prefix, 'readme.conf');
  await writeFile(config, `pid "${prefix}/x.pid";\nevents {}\n${local}`);
  assert.doesNotMatch(await check(config), /emerg|sluice_/);
});

it('all names are ours: sluice_ for variables, zones and upstreams, @sluice_ for locations', async () => {
  const { prefix } = await render();
  const files = (await readdir(prefix)).filter((name) => /^(sluice|tunables)-.*\.conf$/.test(name));
  for (const name of files) {
    const text = await readFile(join(prefix, name), 'utf8');
    const defined = [
      ...text.matchAll(/^\s*(?:map|geo) .*\$(\w+) \{/gm),
      ...text.matchAll(/^\s*(?:set|auth_request_set) \$(\w+)/gm),
      ...text.matchAll(/\(\?<(\w+)>/g),
      ...text.matchAll(/^upstream (\w+)/gm),
      ...text.matchAll(/zone=(\w+)/g),
      ...text.matchAll(/^location @(\w+)/gm),
    ].map(([, word = '']) => word);
    for (const word of defined) assert.match(word, /^sluice_/, `${name}: ${word}`);
  }
});

it('edits of tunables survive, edits of everything else do not', async () => {
  const { prefix } = await render();
  for (const name of ['tunables-data.conf', 'tunables-http.conf', 'sluice-data.conf']) {
    await writeFile(join(prefix, name), '# edited\n');
  }
  await render();
  const read = (name: string) => readFile(join(prefix, name), 'utf8');
  assert.equal(await read('tunables-data.conf'), '# edited\n');
  assert.equal(await read('tunables-http.conf'), '# edited\n');
  assert.notEqual(await read('sluice-data.conf'), '# edited\n');
});

it('a listener that is gone leaves no server behind', async () => {
  const { prefix } = await render({ adminListen: '127.0.0.1:12009' });
  await render();
  assert.deepEqual((await readdir(join(prefix, 'servers'))).sort(), [
    'server.conf',
    'unknown-host.conf',
  ]);
});

it('nothing outside of the data folder is read or written', async () => {
  const { prefix, config } = await render();
  const { stdout } = await promisify(execFile)(NGINX, ['-T', '-p', prefix, '-c', config]);
  const files = [...stdout.matchAll(/^# configuration file (.*):$/gm)].map(([, file]) => file);
  assert.ok(files.length > 5);
  for (const file of files) assert.ok(file?.startsWith(dataDir), file);
  assert.doesNotMatch(stdout, /(?:^|[" ])\/(?:etc|var|usr)\//m);
});

it('a path or header that NGINX files cannot express is refused by name', async () => {
  await assert.rejects(render({ runDir: '/run/a$b' }), /"\/run\/a\$b".*SLUICE_DATA_DIR/);
  await assert.rejects(render({ runDir: '/run/a"b' }), /can't express/);
  await assert.rejects(render({ limitHeaders: ['x y; deny all'] }), /SLUICE_LIMIT_HEADERS/);
});

it('an NGINX that is missing or no NGINX is refused with what to do', async () => {
  await assert.rejects(inspectNginx(join(dataDir, 'none')), /can't be run.*apt-get install/);
  await assert.rejects(inspectNginx('/bin/true'), /Sluice needs 1\.18/);
});
