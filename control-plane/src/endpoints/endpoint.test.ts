import assert from 'node:assert/strict';
import { it } from 'node:test';
import { endpointBody } from './endpoint.ts';

it('an allowed origin is one that a browser sends, or the star alone: patterns would never match', () => {
  const isAllowed = (origin: string) =>
    endpointBody.safeParse({ namespace: 'main', allowed_origins: [origin] }).success;
  for (const origin of ['https://app.example.com', 'http://localhost:5173', '*'])
    assert.ok(isAllowed(origin), origin);
  for (const origin of [
    'https://*.example.com',
    'https://App.example.com',
    'https://app.example.com/',
    'https://app.example.com:443',
    'app.example.com',
    'null',
  ])
    assert.ok(!isAllowed(origin), origin);
});
