import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from './testing/call-fixture.ts';
import { eventually } from './upstream/testing/test-upstreams.ts';

describe('the sidecar', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  it('loses no record of a call when the channel is cut, and reports each once', async () => {
    const { controlPlane } = fixture.plugin;
    controlPlane.stores = false;
    await fixture.callTool('actor__echo');
    await eventually('records to come', () => controlPlane.records().length > 0);
    controlPlane.stores = true;
    controlPlane.cut();
    await fixture.callTool('actor__echo');
    const numbers = () => controlPlane.records().map(({ sequence }) => sequence);
    await eventually('both records', () => numbers().length === 2);
    assert.deepEqual(numbers(), [1, 2]);
  });

  it('tells a new control plane the lists and statuses of its servers again', async () => {
    const { controlPlane } = fixture.plugin;
    const lists = () => controlPlane.received('lists').filter(({ server }) => server === 'actor');
    const told = lists().length;
    const statuses = controlPlane.received('status').length;
    controlPlane.cut();
    await eventually('the lists', () => lists().length > told);
    await eventually('the statuses', () => controlPlane.received('status').length > statuses);
    assert.deepEqual(lists().at(-1), lists().at(-2));
    const all = controlPlane
      .received('status')
      .at(-1)
      ?.servers.map(({ server }) => server);
    assert.deepEqual(all?.toSorted(), ['actor', 'dead']);
  });

  it('says which version of the configuration it still has when it comes back', async () => {
    const { controlPlane } = fixture.plugin;
    const hellos = () => controlPlane.received('hello');
    const before = hellos().length;
    controlPlane.cut();
    await eventually('the next hello', () => hellos().length > before);
    assert.equal(hellos()[0]?.version, 0);
    assert.equal(hellos().at(-1)?.version, controlPlane.snapshot.version);
    assert.equal(hellos().at(-1)?.source, hellos()[0]?.source);
  });

  it('syncs a server on demand and says what went wrong', async () => {
    const { controlPlane } = fixture.plugin;
    for (const [id, server] of ['actor', 'dead', 'unknown'].entries()) {
      controlPlane.send('sync', { id, server });
    }
    await eventually('three answers', () => controlPlane.received('synced').length === 3);
    const errors = Object.fromEntries(
      controlPlane.received('synced').map(({ server, error }) => [server, error]),
    );
    assert.equal(errors.actor, undefined);
    assert.match(errors.dead ?? '', /nonexistent/);
    assert.match(errors.unknown ?? '', /no server "unknown"/);
  });

  it('reports its metrics', async () => {
    const metrics = () => fixture.plugin.controlPlane.received('metrics').at(-1)?.values;
    await eventually('a report', () => metrics() !== undefined);
    const names = Object.keys(metrics() ?? {});
    assert.ok(names.includes('sluice_plugin_calls_in_flight'), names.join());
    for (const name of names) assert.match(name, /^sluice_[a-z_]+(\{[a-z]+="[^"]*"\})?$/);
  });

  it('finishes what is under way when it stops, and says farewell', async () => {
    const running = fixture.callTool('actor__slow');
    await fixture.session.request('ping');
    const [reply] = await Promise.all([running, fixture.plugin.restart()]);
    assert.match(reply.text, /did not answer/);
    assert.equal(reply.headers.connection, 'close');
    const { outcome, source } = fixture.plugin.controlPlane.records().at(-1) ?? {};
    assert.equal(outcome, 'end');
    const sources = fixture.plugin.controlPlane.received('hello').map((hello) => hello.source);
    assert.equal(source, sources[0]);
    assert.notEqual(sources.at(-1), source);
  });

  it('knows the sessions of its former life', async () => {
    assert.equal((await fixture.session.request('ping')).status, 200);
    assert.match((await fixture.callTool('actor__echo')).text, /"future"/);
  });
});
