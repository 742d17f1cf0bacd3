import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createScrub } from './scrub.ts';

describe('scrub', () => {
  it('removes secret values, the token of a Bearer header, and what they look like in a URL', () => {
    const scrub = createScrub(['Bearer abc-token-1', 'p@ss/word', 'abc-token-1-longer']);
    assert.equal(
      scrub('sent Bearer abc-token-1; abc-token-1; p%40ss%2Fword; p@ss/word; abc-token-1-longer'),
      'sent ***; ***; ***; ***; ***',
    );
  });

  it('leaves short values alone', () => {
    assert.equal(createScrub(['info', '1'])('info: 1 item'), 'info: 1 item');
  });
});
