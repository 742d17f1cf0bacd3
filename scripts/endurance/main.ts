/** `./scripts/soak`: runs the gateway under load and kills for minutes, and says what came of it. */
import { parseArgs } from 'node:util';
import { runEndurance } from './run-endurance.ts';

const USAGE = `Usage: ./scripts/soak [options]

  --minutes <n>   how long, default 10
  --seed <n>      repeats the choices of an earlier run`;

const MOST_FAULTS_SHOWN = 20;

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} ${text}: must be a number above 0`);
  return value;
}

async function soak(minutes: number, seed: number): Promise<boolean> {
  console.log(`sluice soak: ${minutes} minutes, seed ${seed}`);
  const { calls, victims, faults, leaks } = await runEndurance(minutes * 60_000, seed);
  console.log(`calls: ${JSON.stringify(calls)}`);
  console.log(`killed ${victims.length}: ${victims.join(', ')}`);
  console.log(`faults: ${faults.length}`);
  for (const fault of faults.slice(0, MOST_FAULTS_SHOWN)) console.log(`  ${fault}`);
  console.log(`leaks: ${leaks.length}`);
  for (const leak of leaks) console.log(`  ${leak}`);
  return faults.length + leaks.length === 0;
}

try {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else {
    const [minutes, seed] = [
      positive('--minutes', values.minutes),
      positive('--seed', values.seed),
    ];
    process.exitCode = (await soak(minutes, seed)) ? 0 : 1;
  }
} catch (error) {
  console.error(`sluice soak: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
