/** Guarantees of `…/api/openapi.json`, through a whole sidecar and a real child. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeActor } from '../../testing/actor-server.ts';
import { sampleSnapshot } from '../../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin, type TestRequest } from '../../testing/start-plugin.ts';
import { json } from '../../testing/wire-session.ts';
import { createStandIns, type StandIns } from '../../upstream/testing/stand-in.ts';

describe('GET …/api/openapi.json', () => {
  let standIns: StandIns;
  let plugin: PluginUnderTest;

  before(async () => {
    standIns = await createStandIns();
    const actor = await writeActor(standIns);
    const ruleSets = { limited: { allow: ['actor/echo'], deny: [], readOnly: false } };
    plugin = await startPlugin(sampleSnapshot([actor], { ruleSets }));
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    await standIns[Symbol.asyncDispose]();
  });

  const read = (more: TestRequest = {}) =>
    plugin.send({ route: 'api', tool: 'openapi.json', method: 'GET', ...more });

  async function pathsFor(ruleSet: string): Promise<string[]> {
    const reply = await read({ claims: { ruleSet } });
    assert.equal(reply.status, 200, reply.text);
    return Object.keys(json(reply).paths as object);
  }

  it('has the tools that the principal may call, and no others', async () => {
    assert.deepEqual(await pathsFor('limited'), ['/actor__echo']);
    assert.ok((await pathsFor('open')).includes('/actor__write'));
    assert.deepEqual(await pathsFor('limited'), ['/actor__echo']);
  });

  it('says where the tools are, and whether a key is needed', async () => {
    const document = json(await read());
    assert.equal(document.openapi, '3.1.1');
    assert.deepEqual(document.servers, [{ url: 'http://127.0.0.1:12008/metamcp/default/api' }]);
    assert.deepEqual(document.security, [{ apiKey: [] }, { bearer: [] }]);
    const open = json(await read({ claims: { authenticated: false } }));
    assert.deepEqual(open.security, [{ apiKey: [] }, { bearer: [] }, {}]);
  });

  it('is read with GET and HEAD alone', async () => {
    const head = await read({ method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    const posted = await read({ method: 'POST', body: {} });
    assert.deepEqual([posted.status, posted.headers.allow], [405, 'GET, HEAD']);
  });
});
