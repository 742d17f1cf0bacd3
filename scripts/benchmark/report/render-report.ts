/** The tables that a run ends with. */
import type { ProcessName } from '../processes/process-tree.ts';
import { type PerProcess, total } from '../processes/usage.ts';
import { BUDGET, type Unit, verdict } from './budget.ts';
import type { Finding, Journal, Memory, Throughput } from './journal.ts';
import { median, spread } from './statistics.ts';
import { textTable } from './text-table.ts';

const PROCESSES: readonly ProcessName[] = ['nginx', 'control-plane', 'proxy-plugin', 'supervisor'];

const DIGITS: Readonly<Record<Unit, number>> = { '×': 2, µs: 0, MB: 0, kB: 0, s: 2 };

export function renderReport(journal: Journal, machine: string): string {
  return [
    machine,
    budgetTable(journal.findings),
    throughputTable(journal.throughput),
    memoryTable(journal.memory),
    ...journal.notes.map((note) => `Note: ${note}`),
    ...errorLines(journal.throughput),
    ...journal.failures.map((failure) => `FAILED ${failure}`),
  ].join('\n\n');
}

/** One line per measurement that met errors. */
export function errorLines(throughput: readonly Throughput[]): readonly string[] {
  return throughput.flatMap(({ label, errors, firstError }) => {
    const counts = Object.entries(errors).map(([kind, count]) => `${kind} × ${count}`);
    if (counts.length === 0) return [];
    return `ERRORS ${label}: ${counts.join(', ')}${firstError ? `; the first: ${firstError}` : ''}`;
  });
}

function budgetTable(findings: readonly Finding[]): string {
  return textTable(
    ['row', 'measured', 'spread', 'must reach', 'aim', 'verdict'],
    findings.map(({ row: id, values }) => {
      const row = BUDGET[id];
      const { median: middle, low, high } = spread(values);
      const number = (value: number) => value.toFixed(DIGITS[row.unit]);
      const bound = (value: number) => `${row.better === 'higher' ? '≥' : '≤'} ${value}`;
      return [
        row.what,
        `${number(middle)} ${row.unit}`,
        `${number(low)}–${number(high)}`,
        bound(row.mustReach),
        bound(row.aim),
        verdict(row, middle),
      ];
    }),
  );
}

function throughputTable(throughput: readonly Throughput[]): string {
  return textTable(
    [
      'measurement',
      'per s',
      'spread',
      'p50 ms',
      'p99 ms',
      ...PROCESSES.map((name) => `${name} µs`),
    ],
    throughput.map(({ label, perSecond, p50Us, p99Us, cpuUs }) => {
      const { median: middle, low, high } = spread(perSecond);
      return [
        label,
        middle.toFixed(0),
        `${low.toFixed(0)}–${high.toFixed(0)}`,
        (median(p50Us) / 1000).toFixed(2),
        (median(p99Us) / 1000).toFixed(2),
        ...perProcess(cpuUs, 1),
      ];
    }),
  );
}

function memoryTable(memory: readonly Memory[]): string {
  return textTable(
    ['RSS in MB', ...PROCESSES, 'all'],
    memory.map(({ label, bytes }) => [
      label,
      ...perProcess(bytes, 1e6),
      (total(bytes) / 1e6).toFixed(0),
    ]),
  );
}

function perProcess(usage: PerProcess, divisor: number): readonly string[] {
  return PROCESSES.map((name) => {
    const value = usage[name];
    return value === undefined ? '' : (value / divisor).toFixed(0);
  });
}
