import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Elicitations } from './elicitations.ts';

const id = (elicitationId: unknown) => ({ elicitationId });

describe('elicitations', () => {
  it('by URL are remembered with the session that was asked', () => {
    const elicitations = new Elicitations();
    elicitations.asked({ mode: 'url', ...id('a') }, 's');
    elicitations.asked({ mode: 'form' }, 't');
    assert.equal(elicitations.sessionOf(id('a')), 's');
    for (const params of [id('b'), id(1), {}, null, 'a', undefined]) {
      assert.equal(elicitations.sessionOf(params), undefined);
    }
  });

  it('that an error asks for are remembered too', () => {
    const elicitations = new Elicitations();
    const reply = (code: number, data: unknown) =>
      Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message: '', data } }));
    elicitations.replied(reply(-32042, { elicitations: [id('a'), id('b'), 7] }), 's');
    elicitations.replied(reply(-32041, { elicitations: [id('c')], n: -32042 }), 's');
    elicitations.replied(reply(-32042, null), 's');
    elicitations.replied(Buffer.from('{"result":{"text":"-32042"'), 's');
    const sessions = ['a', 'b', 'c'].map((name) => elicitations.sessionOf(id(name)));
    assert.deepEqual(sessions, ['s', 's', undefined]);
  });

  it('are forgotten, the oldest first, when there are very many', () => {
    const elicitations = new Elicitations();
    for (let n = 0; n <= 1_000; n += 1) elicitations.asked(id(String(n)), 's');
    assert.equal(elicitations.sessionOf(id('0')), undefined);
    assert.equal(elicitations.sessionOf(id('1')), 's');
  });
});
