/** A 4 MB reply: passed on while it comes, and not kept in memory. */
import { type Bench, type Experiment, size } from '../bench.ts';
import { callForLargeReply } from '../load/large-reply.ts';
import { openSessions } from '../load/once.ts';
import { peakBytes, resetPeak } from '../processes/peak-memory.ts';
import { settledMemory } from '../processes/settled-memory.ts';
import { total } from '../processes/usage.ts';
import { startScenario } from '../targets/scenario.ts';
import type { Target } from '../targets/target.ts';

const REPLY_BYTES = 4 * 1024 * 1024;

/** On a gateway of its own: memory that earlier load left free would hide the peak. */
export const largeReply: Experiment = {
  name: 'large-reply',
  async run(bench) {
    const scenario = await startScenario(bench.upstream);
    try {
      await measureReplies(bench, await scenario.threeServers('principal'));
    } finally {
      await scenario.stop();
    }
  },
};

async function measureReplies(bench: Bench, target: Target): Promise<void> {
  const [sessionId = ''] = await openSessions(target.load, 1);
  await firstByteShare(bench, target, sessionId);
  const processes = target
    .processes()
    .filter(({ name }) => name === 'nginx' || name === 'proxy-plugin');
  const baseline = total(await settledMemory(processes));
  resetPeak(processes);
  const shares: number[] = [];
  for (let reply = 0; reply < size(bench, 20, 2); reply++) {
    shares.push(await firstByteShare(bench, target, sessionId));
  }
  bench.journal.findings.push(
    { row: 'large-first-byte', values: shares },
    { row: 'large-memory', values: [(peakBytes(processes) - baseline) / 1e6] },
  );
}

/** When the first byte came, as a share of the time that the upstream took to send all. */
async function firstByteShare(bench: Bench, target: Target, sessionId: string): Promise<number> {
  const lastByte = bench.upstream.nextLastByteAt();
  const { sentAt, firstByteAt } = await callForLargeReply(target.load, sessionId, REPLY_BYTES);
  return (firstByteAt - sentAt) / ((await lastByte) - sentAt);
}
