/** Lists as clients get them: page by page, under cursors that are theirs alone. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { json, openWireSession, type WireSession } from '../testing/wire-session.ts';
import { createStandIns, type StandIns } from '../upstream/testing/stand-in.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

/** 2,500 tools, and one more for each call. */
const SCRIPT = `
let count = 2500;
serve(({ id, method }) => {
  if (method === 'resources/list') return reply(id, { resources: Array.from({ length: 1001 }, (_, i) => ({ uri: 'a:' + i })) });
  if (method === 'resources/templates/list') return reply(id, { resourceTemplates: [] });
  count += 1;
  send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  text(id, 'grown');
}, {
  tools: () => Array.from({ length: count }, (_, i) => ({ name: 't' + i, inputSchema: { type: 'object' } })),
  capabilities: { tools: { listChanged: true }, resources: {} },
});
`;

interface Page {
  readonly tools: readonly { readonly name: string }[];
  readonly nextCursor?: string;
}

describe('a list that is longer than a page', () => {
  let standIns: StandIns;
  let server: ServerRuntime;
  let plugin: PluginUnderTest;
  before(async () => {
    standIns = await createStandIns();
    server = await standIns.write('many', SCRIPT, { isolation: 'shared' });
    plugin = await startPlugin(sampleSnapshot([server]));
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    await standIns[Symbol.asyncDispose]();
  });

  const pageAt = async (session: WireSession, cursor?: string): Promise<Page> => {
    const reply = await session.request('tools/list', cursor === undefined ? {} : { cursor });
    return json(reply).result as Page;
  };
  const refusal = async (session: WireSession, method: string, cursor: unknown) => {
    const { error } = json(await session.request(method, { cursor }));
    return (error as { code: number } | undefined)?.code;
  };

  it('comes page by page, whole and in order, and the last page names no next one', async () => {
    const session = await openWireSession(plugin);
    const names: string[] = [];
    let page = await pageAt(session);
    let pages = 1;
    for (; page.nextCursor !== undefined; pages += 1) {
      names.push(...page.tools.map(({ name }) => name));
      page = await pageAt(session, page.nextCursor);
    }
    names.push(...page.tools.map(({ name }) => name));
    assert.equal(pages, 3);
    assert.deepEqual(
      names,
      Array.from({ length: 2_500 }, (_, i) => `many__t${i}`),
    );
  });

  it('goes on after a restart of the sidecar', async () => {
    const session = await openWireSession(plugin);
    const { nextCursor } = await pageAt(session);
    await plugin.restart();
    const next = await pageAt(session, nextCursor);
    assert.equal(next.tools[0]?.name, 'many__t1000');
  });

  it('-32602 for a cursor of another session, another list, or nobody', async () => {
    const session = await openWireSession(plugin);
    const { nextCursor } = await pageAt(session);
    const other = await openWireSession(plugin, { claims: { principal: 'bob', key: 'bob-key' } });
    assert.equal(await refusal(other, 'tools/list', nextCursor), -32602);
    assert.equal(await refusal(session, 'resources/list', nextCursor), -32602);
    for (const cursor of ['', 'made-up', `${nextCursor}A`, 7, null]) {
      assert.equal(await refusal(session, 'tools/list', cursor), -32602);
    }
    assert.equal((await pageAt(session, nextCursor)).tools.length, 1_000);
  });

  it('-32602 once the list is another one for this principal: its pages would not fit', async () => {
    const session = await openWireSession(plugin);
    const { nextCursor } = await pageAt(session);
    await session.request('tools/call', { name: 'many__t0', arguments: {} });
    const expired = () => refusal(session, 'tools/list', nextCursor);
    await eventually('the new list', async () => (await expired()) === -32602);
    const { nextCursor: fresh } = await pageAt(session);
    const ruleSets = { few: { allow: ['many/t1*'], deny: [], readOnly: false } };
    const { version } = plugin.controlPlane.snapshot;
    plugin.controlPlane.send('change', { version, ruleSets });
    const narrowed = {
      body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: fresh } },
    };
    const reply = await session.send({ ...narrowed, claims: { ruleSet: 'few' } });
    assert.equal((json(reply).error as { code: number }).code, -32602);
  });
});
