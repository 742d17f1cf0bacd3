/** What a person reads once the gateway is ready. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { reachableAddress } from './listen-address.ts';
import type { Settings } from './settings.ts';

/** `showKey`: only to a terminal, never into a log. */
export function greeting(settings: Settings, version: string, showKey: boolean): string {
  const admin = `http://${reachableAddress(settings.adminListen).text}`;
  const keyFile = path.join(settings.dataDir, 'admin.key');
  const lines = [
    `Sluice ${version} is ready.`,
    `  endpoints  ${settings.publicUrl}/metamcp/<endpoint>/mcp`,
    `  API docs   ${admin}/docs`,
  ];
  if (existsSync(keyFile)) {
    lines.push(`  admin key  ${keyFile}`);
    if (showKey) lines.push(`             ${readFileSync(keyFile, 'utf8').trim()}`);
  }
  lines.push('Ctrl-C drains and stops everything.');
  return lines.join('\n');
}
