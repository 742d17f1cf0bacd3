/** A sidecar with the actor behind it and a session that is open, for tests of whole calls. */
import type { RuleSet } from '@sluice/contract/access';
import type { CallRecord } from '@sluice/contract/call-record';
import { sampleMember } from '@sluice/contract/testing/sample-namespace';
import { createStandIns } from '../upstream/testing/stand-in.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { writeActor } from './actor-server.ts';
import { sampleSnapshot } from './sample-snapshot.ts';
import {
  type PluginUnderTest,
  startPlugin,
  type TestReply,
  type TestRequest,
} from './start-plugin.ts';
import { openWireSession, type WireSession } from './wire-session.ts';

export interface CallFixture extends AsyncDisposable {
  readonly plugin: PluginUnderTest;
  readonly session: WireSession;
  callTool(name: string, args?: unknown, more?: TestRequest): Promise<TestReply>;
  /** The record that the request behind `reply` left. */
  recordOf(reply: TestReply): Promise<CallRecord>;
}

const ALL: RuleSet = { allow: [], deny: [], readOnly: false };

/** Rule sets `reader` (read-only) and `limited` (`actor/echo`); a server `dead` that can't start. */
export async function startCallFixture(): Promise<CallFixture> {
  const standIns = await createStandIns();
  const actor = await writeActor(standIns);
  const dead = { ...actor, name: 'dead', command: '/nonexistent/program' };
  const tools = { echo: { annotations: { readOnlyHint: true } } };
  const members = [sampleMember({ server: 'actor', tools }), sampleMember({ server: 'dead' })];
  const ruleSets = {
    reader: { ...ALL, readOnly: true },
    limited: { ...ALL, allow: ['actor/echo'] },
  };
  const snapshot = sampleSnapshot([actor, dead], { namespace: { members }, ruleSets });
  const plugin = await startPlugin(snapshot);
  const session = await openWireSession(plugin);
  return {
    plugin,
    session,
    callTool: (name, args = {}, more = {}) =>
      session.request('tools/call', { name, arguments: args }, more),
    recordOf(reply) {
      const requestId = reply.headers['x-request-id'];
      const find = () => plugin.controlPlane.records().find((one) => one.requestId === requestId);
      return eventually('the call record', find);
    },
    async [Symbol.asyncDispose]() {
      await plugin[Symbol.asyncDispose]();
      await standIns[Symbol.asyncDispose]();
    },
  };
}
