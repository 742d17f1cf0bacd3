import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createReferences } from './references.ts';

describe('references to secrets', () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-references-'));
    file = path.join(folder, 'secrets.env');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('lead to the operator’s file as it is at that moment', async () => {
    const resolve = createReferences(file, {});
    await writeFile(file, 'TOKEN=first\nSLUICE_DATABASE_URL=postgres://secret\n');
    assert.equal(resolve('TOKEN'), 'first');
    await writeFile(file, 'TOKEN="second"\n');
    assert.equal(resolve('TOKEN'), 'second');
    assert.equal(resolve('MISSING'), undefined);
  });

  it('lead to variables that were made for it, never to settings or to the rest', async () => {
    const environment = {
      SLUICE_SECRET_TOKEN: 'shared',
      SLUICE_DATABASE_URL: 'postgres://secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const resolve = createReferences('', environment);
    assert.equal(resolve('SLUICE_SECRET_TOKEN'), 'shared');
    assert.equal(resolve('SLUICE_DATABASE_URL'), undefined);
    assert.equal(resolve('AWS_SECRET_ACCESS_KEY'), undefined);
    await writeFile(file, 'SLUICE_DATABASE_URL=postgres://secret\n');
    assert.equal(createReferences(file, environment)('SLUICE_DATABASE_URL'), undefined);
  });
});
