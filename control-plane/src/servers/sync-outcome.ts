/** What became of syncing one server. */
import { z } from 'zod';
import type { DecisionLink } from '../decision-link/decision-link.ts';
import { Problem } from '../http/problem.ts';
import type { AllServerLists } from './server-lists.ts';

export const syncOutcome = z
  .object({
    server: z.string(),
    outcome: z.enum(['listed', 'failed']),
    error: z.string().optional().describe('Why it failed, without secrets.'),
    tools: z.int().optional().describe('How many tools the server has now.'),
  })
  .meta({ id: 'SyncOutcome', description: 'What became of syncing one server.' });

export interface SyncDeps {
  readonly decisions: Pick<DecisionLink, 'syncServer'>;
  readonly lists: AllServerLists;
}

/** Throws 503 if no proxy plugin is connected. */
export async function syncOne(
  { decisions, lists }: SyncDeps,
  server: string,
): Promise<z.output<typeof syncOutcome>> {
  const { error } = await decisions.syncServer(server).catch((cause: Error) => {
    const detail = `${server} was not synced: ${cause.message}. Try again in a few seconds`;
    throw new Problem('unavailable', detail, { cause });
  });
  if (error !== undefined) return { server, outcome: 'failed', error };
  const tools = lists.latest(server)?.tools.length;
  return { server, outcome: 'listed', ...(tools !== undefined && { tools }) };
}
