/** Samples by name, as the decision loop and the proxy plugins count them, in Prometheus' text format. */

/** Names may carry labels: `sluice_decisions_total{outcome="allow"}`. Anything else is left out. */
export function renderSamples(samples: Readonly<Record<string, number>>): string {
  const families = new Map<string, string[]>();
  for (const [sample, value] of Object.entries(samples)) {
    const family = SAMPLE.exec(sample)?.[1];
    if (family === undefined || !Number.isFinite(value)) continue;
    const lines = families.get(family) ?? [];
    lines.push(`${sample} ${value}`);
    families.set(family, lines);
  }
  return [...families]
    .map(([family, lines]) => `# TYPE ${family} ${typeOf(family)}\n${lines.join('\n')}\n`)
    .join('\n');
}

/** Exposition format 0.0.4: label values escape backslash, quote and line feed. */
const SAMPLE = /^(sluice_[a-z0-9_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})?$/;

function typeOf(family: string): 'counter' | 'gauge' {
  return family.endsWith('_total') ? 'counter' : 'gauge';
}
