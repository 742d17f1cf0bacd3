/** All experiments, in the order they run. */
import type { Experiment } from '../bench.ts';
import { callExperiments } from './calls.ts';
import { decisions } from './decisions.ts';
import { heldSessions } from './held-sessions.ts';
import { idleStreams } from './idle-streams.ts';
import { largeReply } from './large-reply.ts';
import { latency } from './latency.ts';
import { list } from './list.ts';
import { manyServers } from './many-servers.ts';
import { sessionRate } from './session-rate.ts';
import { start } from './start.ts';
import { toolLimit } from './tool-limit.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  ...callExperiments,
  toolLimit,
  latency,
  list,
  sessionRate,
  heldSessions,
  idleStreams,
  manyServers,
  largeReply,
  decisions,
  start,
];
