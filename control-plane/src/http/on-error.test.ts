/** Guarantees about what the log says of failed requests. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Hono } from 'hono';
import { createOnError } from './on-error.ts';
import { Problem } from './problem.ts';

/** The status of a request that ends with `error`, and the errors that were logged for it. */
async function failWith(error: Error) {
  const logged: unknown[] = [];
  const app = new Hono();
  app.onError(createOnError({ error: ({ err }) => logged.push(err) }));
  app.get('/', () => {
    throw error;
  });
  const { status } = await app.request('/');
  return { status, logged };
}

it('a database that fails is logged with its own error', async () => {
  for (const code of ['SQLITE_IOERR', 'SQLITE_CORRUPT', 'SQLITE_BUSY', 'SQLITE_FULL']) {
    const error = Object.assign(new Error('from SQLite'), { code });
    const { status, logged } = await failWith(error);
    assert.ok(status >= 500);
    assert.deepEqual(logged, [error]);
  }
});

it('a bug is logged', async () => {
  const bug = new TypeError('x is undefined');
  assert.deepEqual(await failWith(bug), { status: 500, logged: [bug] });
});

it('what a client is refused is not logged, unless a fault of ours is behind it', async () => {
  const refusal = new Problem('not-found', 'there is no such server');
  assert.deepEqual(await failWith(refusal), { status: 404, logged: [] });
  const expected = new Problem('unavailable', 'no proxy plugin is connected');
  assert.deepEqual(await failWith(expected), { status: 503, logged: [] });
  const fault = new Problem('unavailable', 'no answer', { cause: new Error('I/O') });
  assert.deepEqual(await failWith(fault), { status: 503, logged: [fault] });
});
