/** What each row of the table must reach and aims for. */

export type Unit = '×' | 'µs' | 'MB' | 'kB' | 's';

export interface BudgetRow {
  readonly what: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  readonly mustReach: number;
  readonly aim: number;
}

const higher = (what: string, mustReach: number, aim: number): BudgetRow => ({
  what,
  unit: '×',
  better: 'higher',
  mustReach,
  aim,
});
const lower = (what: string, unit: Unit, mustReach: number, aim: number): BudgetRow => ({
  what,
  unit,
  better: 'lower',
  mustReach,
  aim,
});

/** "No difference", with room for the noise of a run. */
const FLAT = 1.03;

export const BUDGET = {
  throughput: higher('tools/call at c=32, share of direct', 0.2, 0.26),
  'throughput-session': higher('the same, isolation session', 0.2, 0.26),
  'throughput-shared': higher('the same, isolation shared', 0.2, 0.26),
  p99: lower('p99 at c=32 against plain nginx', '×', 3, 2.3),
  cpu: lower('CPU per call', 'µs', 190, 150),
  'cpu-session': lower('the same, isolation session', 'µs', 190, 150),
  'cpu-shared': lower('the same, isolation shared', 'µs', 190, 150),
  'cpu-tool-limit': lower('CPU per call with a tool limit (an ask per call)', 'µs', 205, 160),
  latency: lower('added p50 at c=1, all on one core', 'µs', 300, 200),
  'idle-memory': lower('all processes idle after start, RSS', 'MB', 300, 220),
  'cold-start': lower('cold start until the first answered call', 's', 5, 2),
  list: lower('tools/list, 20 × 25 tools, against a static file', '×', 2, 1.3),
  'session-rate': higher('sessions opened per second, share of direct', 0.2, 0.26),
  'held-sessions-memory': lower('RSS of proxy-plugin with 1,000 open sessions', 'MB', 200, 120),
  'held-sessions-throughput': higher('throughput with 1,000 open sessions against none', 0.9, 0.97),
  'idle-stream': lower('idle SSE stream, nginx + proxy-plugin', 'kB', 100, 70),
  'decision-keys': lower('decision with 100,000 keys against 10', '×', 1.1, FLAT),
  'decision-endpoints': lower('decision with 1,000 endpoints against 10', '×', 1.1, FLAT),
  'decision-limits': lower('decision with 10,000 limits against 10', '×', 1.1, FLAT),
  'servers-call': lower('tools/call with 200 servers against 1', '×', 1.1, FLAT),
  'servers-list': lower('tools/list with 200 servers against 1, as many tools', '×', 1.1, FLAT),
  'large-first-byte': lower(
    '4 MB reply: first byte, share of the upstream’s sending time',
    '×',
    0.95,
    0.95,
  ),
  'large-memory': lower('20 replies of 4 MB: peak RSS above the baseline', 'MB', 16, 16),
} as const satisfies Record<string, BudgetRow>;

export type RowId = keyof typeof BUDGET;

export type Verdict = 'aim' | 'reached' | 'MISSED';

export function verdict(row: BudgetRow, value: number): Verdict {
  const meets = (bound: number) => (row.better === 'higher' ? value >= bound : value <= bound);
  if (meets(row.aim)) return 'aim';
  return meets(row.mustReach) ? 'reached' : 'MISSED';
}
