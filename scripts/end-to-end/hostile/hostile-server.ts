/** A stdio MCP server that does its worst: each tool is one way to misbehave. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly protocolVersion?: string };
}

const MEBI = 1024 * 1024;
const GRANDCHILDREN = 25;

const line = (message: unknown) => `${JSON.stringify(message)}\n`;
const resultLine = (id: unknown, text: string) =>
  line({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
const notification = (method: string, params: unknown) => line({ jsonrpc: '2.0', method, params });

/** Writes all of it, as fast as it is taken. */
async function write(stream: NodeJS.WriteStream, text: string | Buffer, times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve));
  }
}
const say = (text: string | Buffer, times?: number) => write(process.stdout, text, times);

/** Each leaves its process group and outlives its parent. */
function spawnGrandchildren(): void {
  for (let n = 0; n < GRANDCHILDREN; n++) {
    spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();
  }
}

const TOOLS: Readonly<Record<string, (id: unknown) => Promise<unknown>>> = {
  behave: (id) => say(resultLine(id, 'fine')),
  async flood_stderr(id) {
    await write(process.stderr, `${'noise '.repeat(MEBI / 6)}\n`, 64);
    await say(resultLine(id, 'fine'));
  },
  async flood_notifications(id) {
    const log = { level: 'error', data: 'x'.repeat(200) };
    await say(notification('notifications/message', log).repeat(100), 100);
    await say(notification('notifications/tools/list_changed', {}).repeat(100), 20);
    await say(notification('notifications/resources/updated', { uri: 'a:b' }).repeat(100), 20);
    await say(notification('notifications/of_our_own', {}).repeat(100), 20);
    await say(resultLine(id, 'fine'));
  },
  async flood_requests(id) {
    const request = { jsonrpc: '2.0', method: 'sampling/createMessage', params: {} };
    for (let n = 0; n < 2000; n++) await say(line({ ...request, id: `r${n}` }));
    await say(resultLine(id, 'fine'));
  },
  async ask_after_the_answer(id) {
    await say(resultLine(id, 'fine'));
    for (let n = 0; n < 500; n++) await say(line({ jsonrpc: '2.0', id: n, method: 'roots/list' }));
  },
  async babble(id) {
    const deep = `{"jsonrpc":"2.0","method":"x","params":${'['.repeat(10_000)}${']'.repeat(10_000)}}\n`;
    await say(`${deep}\u0000\u0001\n{"jsonrpc\n[]\n"\n{}\n`, 20);
    await say(Buffer.from([0xff, 0xfe, 0x80, 0x0a]), 20);
    await say(resultLine(id, 'fine'));
  },
  async answer_wrongly(id) {
    for (const wrong of [999_999, String(id), null, -1, 0.5]) await say(resultLine(wrong, 'wrong'));
    await say(resultLine(id, 'fine'));
    await say(resultLine(id, 'twice'), 10);
  },
  async drip(id) {
    for (const character of resultLine(id, 'fine')) {
      await say(character);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  },
  answer_at_length: (id) => say(resultLine(id, 'x'.repeat(8 * MEBI))),
  async bomb(id) {
    spawnGrandchildren();
    process.stdout.write(resultLine(id, 'fine'), () => process.exit(0));
  },
  endless_line: () => say('{"jsonrpc":"2.0","result":"'.concat('x'.repeat(MEBI)), 200),
  async die_in_the_answer(id) {
    await say(resultLine(id, 'x'.repeat(MEBI)).slice(0, -100));
    process.exit(1);
  },
  hang: () => Promise.resolve(),
  async go_deaf() {
    process.stdin.pause();
  },
};

const ANSWERS: Readonly<Record<string, (message: Message) => unknown>> = {
  initialize: ({ params }) => ({
    protocolVersion: params?.protocolVersion,
    capabilities: { tools: { listChanged: true }, logging: {} },
    serverInfo: { name: 'hostile', version: '1' },
  }),
  'tools/list': () => ({
    tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: 'object' } })),
  }),
  'logging/setLevel': () => ({}),
};

createInterface({ input: process.stdin })
  .on('line', (text) => {
    const message = JSON.parse(text) as Message;
    const { id, method = '', params } = message;
    if (id === undefined) return;
    const answer = ANSWERS[method]?.(message);
    if (answer !== undefined) void say(line({ jsonrpc: '2.0', id, result: answer }));
    else void TOOLS[params?.name ?? '']?.(id);
  })
  .on('close', () => process.exit(0));
