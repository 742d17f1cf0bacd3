/** `tools/list` of a large namespace against the same bytes from a static server. */
import type { Bench, Experiment } from '../bench.ts';
import { listOnce } from '../load/once.ts';
import { measure } from '../measure.ts';
import { serveStatically } from '../targets/static-file.ts';

const SERVERS = Array.from({ length: 20 }, (_, index) => ({ name: `list${index}`, tools: 25 }));

export const list: Experiment = {
  name: 'list',
  async run(bench) {
    const scenario = await bench.scenario();
    const target = await scenario.addEndpoint('list', SERVERS);
    const body = await listOnce(target.load);
    if (body.includes('"nextCursor"')) {
      bench.journal.notes.push(
        'list: the gateway pages tools/list; only the first page is measured',
      );
    }
    await compareWithStatic(bench, target, body);
  },
};

async function compareWithStatic(
  bench: Bench,
  target: Parameters<typeof measure>[2][number],
  body: string,
): Promise<void> {
  const file = await serveStatically(body);
  const label = `20 × 25 tools, ${Math.round(body.length / 1024)} kB, c=1`;
  try {
    const [gateway = []] = await measure(
      bench,
      { label: `tools/list ${label}`, operation: 'list', connections: 1 },
      [target],
    );
    const [statically = []] = await measure(
      bench,
      { label: `GET ${label}`, operation: 'get', connections: 1 },
      [file.target],
    );
    bench.journal.findings.push({
      row: 'list',
      values: gateway.map(
        (round, index) => round.latency.p50Us / (statically[index]?.latency.p50Us ?? Number.NaN),
      ),
    });
  } finally {
    file.stop();
  }
}
