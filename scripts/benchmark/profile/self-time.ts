/** Sums a V8 CPU profile by function: where the time itself goes, callees left out. */

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** `file:line function`, or the engine's own entry such as `(garbage collector)`. */
  readonly place: string;
  /** Of all time that was not idle. */
  readonly share: number;
}

/** The functions with most self-time first. */
export function selfTimes(profile: CpuProfile, most: number): readonly SelfTime[] {
  const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const times = new Map<string, number>();
  for (const [index, sample] of profile.samples.entries()) {
    const place = places.get(sample) ?? '(unknown)';
    times.set(place, (times.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  times.delete('(idle)');
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([place, time]) => ({ place, share: time / all }))
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}

function placeOf(frame: CpuProfile['nodes'][number]['callFrame']): string {
  const name = frame.functionName || '(anonymous)';
  if (frame.url === '') return name;
  const file = frame.url
    .replace(/^file:\/\//, '')
    .split('/')
    .slice(-3)
    .join('/');
  return `${file}:${frame.lineNumber + 1} ${name}`;
}
