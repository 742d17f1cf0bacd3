import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { resolveSettings } from './settings.ts';
import { StartError } from './start-error.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-settings-'));
after(() => rmSync(folder, { recursive: true }));

const resolve = (env: Record<string, string>) =>
  resolveSettings(env, { root: '/opt/sluice', cwd: folder });

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    resolve(env);
  } catch (error) {
    assert.ok(error instanceof StartError);
    return error.faults;
  }
  assert.fail('no fault was found');
}

describe('settings without any variable', () => {
  const { settings } = resolve({});

  it('keep the state in var beside the sources, from whatever folder they are started', () => {
    assert.equal(settings.dataDir, '/opt/sluice/var');
  });

  it('listen on loopback only, operators and clients on one port', () => {
    assert.equal(settings.listen.text, '127.0.0.1:12008');
    assert.equal(settings.adminListen.text, '127.0.0.1:12008');
    assert.equal(settings.publicUrl, 'http://127.0.0.1:12008');
    assert.equal(settings.stdio, 'any');
  });
});

describe('a listener that others can reach', () => {
  const { settings, warnings } = resolve({ SLUICE_LISTEN: '0.0.0.0:80' });

  it('keeps API and docs on loopback', () =>
    assert.equal(settings.adminListen.text, '127.0.0.1:12009'));
  it('starts only allow-listed stdio servers', () => assert.equal(settings.stdio, 'allow-list'));
  it('warns that URLs in answers are of no use to others', () => {
    assert.ok(
      warnings.some((line) => line.startsWith('SLUICE_PUBLIC_URL ')),
      warnings.join('\n'),
    );
  });
});

describe('SLUICE_ENV_FILE', () => {
  const file = path.join(folder, 'sluice.env');
  writeFileSync(
    file,
    '# secrets\nSLUICE_LISTEN=127.0.0.1:9001\nSLUICE_LIMIT_HEADERS="X-Team, x-tenant"\nGITHUB_TOKEN=t\n',
  );

  it('gives settings, seen from the current folder', () => {
    const { settings } = resolve({ SLUICE_ENV_FILE: 'sluice.env' });
    assert.equal(settings.envFile, file);
    assert.equal(settings.listen.text, '127.0.0.1:9001');
    assert.deepEqual(settings.limitHeaders, ['x-team', 'x-tenant']);
  });

  it('loses against the environment', () => {
    const { settings } = resolve({ SLUICE_ENV_FILE: file, SLUICE_LISTEN: '127.0.0.1:9002' });
    assert.equal(settings.listen.text, '127.0.0.1:9002');
  });

  it('that is missing is named', () => {
    assert.match(
      faultsOf({ SLUICE_ENV_FILE: '/nowhere.env' }).join(),
      /SLUICE_ENV_FILE.*\/nowhere\.env/,
    );
  });
});

describe('a wrong setting', () => {
  const WRONG: Readonly<Record<string, string>> = {
    SLUICE_LISTEN: 'example.com',
    SLUICE_ADMIN_LISTEN: '127.0.0.1:99999',
    SLUICE_PUBLIC_URL: 'https://example.com/path',
    SLUICE_STDIO: 'some',
    SLUICE_STDIO_ALLOW_FILE: 'missing.list',
    SLUICE_LIMIT_HEADERS: 'x-team,authorization',
    SLUICE_LOG_LEVEL: 'loud',
    SLUICE_CALLS_MAX_AGE_DAYS: '0',
    SLUICE_CALLS_MAX_MB: 'much',
  };

  for (const [name, value] of Object.entries(WRONG)) {
    it(`of ${name} is one line that starts with its name`, () => {
      const faults = faultsOf({ [name]: value });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', new RegExp(`^${name}: [^\\n]+$`));
    });
  }

  it('hides no other', () => assert.equal(faultsOf(WRONG).length, Object.keys(WRONG).length));
});

it('a misspelt setting is a warning that names it, a secret is not', () => {
  const { warnings } = resolve({ SLUICE_LISEN: 'x', SLUICE_SECRET_TOKEN: 'y' });
  assert.equal(warnings.filter((line) => line.startsWith('SLUICE_LISEN ')).length, 1);
  assert.ok(!warnings.some((line) => line.includes('SECRET')));
});
