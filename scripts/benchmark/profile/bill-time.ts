/** Bills the time of a V8 CPU profile to our own functions: what they call in Node and V8 counts as theirs. */

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface Bill {
  /** `file:line function`, or what the time went to when no function of ours is to blame. */
  readonly place: string;
  /** Of all time that was not idle. */
  readonly share: number;
}

/** Their time is the kernel's, and that of whoever was woken by them on the same core. */
const SOCKET_WRITES = new Set(['writev', 'writeBuffer', 'writeLatin1String', 'writeUtf8String']);
const ENGINE = new Set(['(garbage collector)', '(program)']);

/** The nearest function of ours on the stack pays; the highest bills first. */
export function billTime(profile: CpuProfile, most: number): readonly Bill[] {
  const payerOf = payers(profile);
  const times = new Map<string, number>();
  for (const [index, sample] of profile.samples.entries()) {
    const place = payerOf(sample);
    times.set(place, (times.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  times.delete('(idle)');
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([place, time]) => ({ place, share: time / all }))
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}

function payers({ nodes }: CpuProfile): (id: number) => string {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  return (sample) => {
    const top = frames.get(sample)?.functionName ?? '';
    if (SOCKET_WRITES.has(top)) return '(socket writes)';
    if (ENGINE.has(top) || top === '(idle)') return top;
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const frame = frames.get(id);
      const payer = frame && payerIn(frame);
      if (payer) return payer;
    }
    return '(Node itself)';
  };
}

function payerIn({ url, functionName, lineNumber }: CallFrame): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const dependency = /\/node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(url)?.[1];
  if (dependency) return dependency;
  const file = /(?:control-plane|proxy-plugin)\/.*$/.exec(url)?.[0] ?? url;
  return `${file}:${lineNumber + 1} ${functionName || '(anonymous)'}`;
}
