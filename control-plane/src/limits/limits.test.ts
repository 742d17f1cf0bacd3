/** Guarantees of limits: which apply, whom they count, and what a refused client reads. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LimitPolicy } from '../decision/policy.ts';
import { sampleLimit } from '../testing/sample-policy.ts';
import { createLimitIndex } from './limit-index.ts';
import { countedHeaderValue, type LimitSubject } from './limit-subject.ts';
import { createLimits, type LimitOutcome } from './limits.ts';
import { createMemoryBuckets } from './memory-buckets.ts';

function setUp(...policies: readonly LimitPolicy[]) {
  const time = { now: 0 };
  const index = createLimitIndex();
  for (const policy of policies) index.set(policy.name, policy);
  const exceeded: string[] = [];
  const limits = createLimits({
    index,
    buckets: createMemoryBuckets({ clock: () => time.now, capacity: 10_000 }),
    onExceeded: ({ name }) => exceeded.push(name),
  });
  return { time, index, limits, exceeded };
}

type SetUp = ReturnType<typeof setUp>;

const alice: LimitSubject = {
  endpoint: 'dev',
  principal: 'alice',
  keyLineage: 'lineage-of-alice',
  clientIp: '192.0.2.1',
  headers: {},
};

function request({ limits }: SetUp, subject: Partial<LimitSubject> = {}): LimitOutcome {
  let outcome: LimitOutcome = {};
  limits.chargeRequest({ ...alice, ...subject }, undefined, (result) => {
    outcome = result;
  });
  return outcome;
}

function call(
  { limits }: SetUp,
  target: string,
  subject: Partial<LimitSubject> = {},
): LimitOutcome {
  const [server = '', name = ''] = target.split('/');
  let outcome: LimitOutcome = {};
  limits.chargeCall({ ...alice, ...subject }, { server, name }, (result) => {
    outcome = result;
  });
  return outcome;
}

const once = (name: string, overrides: Partial<LimitPolicy>) =>
  sampleLimit(name, { rate: 1, periodSeconds: 60, burst: 1, ...overrides });

it('where the call is known both units are charged at once, all or nothing', () => {
  const set = setUp(
    sampleLimit('requests', { rate: 1, periodSeconds: 60, burst: 5 }),
    once('pushes', { unit: 'call', tool: 'git/push' }),
  );
  const outcomes: LimitOutcome[] = [];
  const push = { server: 'git', name: 'push' };
  for (let round = 0; round < 3; round += 1) {
    set.limits.chargeRequest(alice, push, (outcome) => outcomes.push(outcome));
  }
  const [first, second] = outcomes;
  assert.match(first?.rateLimit ?? '', /"requests";r=4.*"pushes";r=0/);
  assert.equal(second?.refusal?.limit, 'pushes');
  assert.match(request(set).rateLimit ?? '', /"requests";r=3/, 'a refused one costs nothing');
});

it('a limit counts per endpoint, principal, key, client address or header, as it says', () => {
  const cases: readonly [LimitPolicy['per'], Partial<LimitSubject>, Partial<LimitSubject>][] = [
    ['endpoint', { principal: 'bob' }, { endpoint: 'other' }],
    ['principal', { clientIp: '192.0.2.9' }, { principal: 'bob' }],
    ['key', { principal: 'bob' }, { keyLineage: 'another' }],
    ['ip', { principal: 'bob' }, { clientIp: '192.0.2.2' }],
    [
      'header:x-team',
      { principal: 'bob', headers: { 'x-team': 'red' } },
      { headers: { 'x-team': 'blue' } },
    ],
  ];
  for (const [per, same, other] of cases) {
    const gate = setUp(once('one', { per }));
    const headers = { 'x-team': 'red' };
    assert.equal(request(gate, { headers }).refusal, undefined, per);
    assert.equal(request(gate, { headers, ...same }).refusal?.limit, 'one', per);
    assert.equal(request(gate, { headers, ...other }).refusal, undefined, per);
  }
});

it('all of an IPv6 subscriber is one client address', () => {
  const gate = setUp(once('one', { per: 'ip' }));
  request(gate, { clientIp: '2001:db8:1:2::1' });
  assert.ok(request(gate, { clientIp: '2001:db8:1:2:ffff::9' }).refusal);
  assert.equal(request(gate, { clientIp: '2001:db8:1:3::1' }).refusal, undefined);
});

it('requests without the counted header share one bucket, and an endless header is one short value', () => {
  const gate = setUp(once('one', { per: 'header:x-team' }));
  request(gate);
  assert.ok(request(gate, { principal: 'bob' }).refusal);
  assert.ok(countedHeaderValue('x'.repeat(8_000)).length <= 64);
  assert.notEqual(countedHeaderValue('x'.repeat(8_000)), countedHeaderValue('x'.repeat(8_001)));
});

it('selectors by endpoint, principal, server and tool glob all must match', () => {
  const gate = setUp(
    once('endpoint', { unit: 'call', endpoint: 'dev' }),
    once('principal', { unit: 'call', principal: 'bob' }),
    once('server', { unit: 'call', server: 'github' }),
    once('tool', { unit: 'call', tool: 'github/search*' }),
    once('any-server', { unit: 'call', tool: '*/search_code' }),
    once('request', {}),
  );
  const names = (endpoint: string, principal: string, server: string, name: string) =>
    gate.index
      .callLimits(endpoint, principal, { server, name })
      .map(({ policy }) => policy.name)
      .sort();
  assert.deepEqual(names('dev', 'alice', 'github', 'search_code'), [
    'any-server',
    'endpoint',
    'server',
    'tool',
  ]);
  assert.deepEqual(names('other', 'bob', 'gitlab', 'search_code'), ['any-server', 'principal']);
  assert.deepEqual(names('other', 'alice', 'gitlab', 'list'), []);
  assert.deepEqual(
    gate.index.requestLimits('dev', 'alice').map(({ policy }) => policy.name),
    ['request'],
  );
});

it('a limit for one tool does not count resources of its server, one for the whole server does', () => {
  const gate = setUp(
    once('tool', { unit: 'call', tool: 'github/search' }),
    once('all', { unit: 'call', tool: 'github/*' }),
  );
  const resource = gate.index.callLimits('dev', 'alice', { server: 'github', name: '' });
  assert.deepEqual(
    resource.map(({ policy }) => policy.name),
    ['all'],
  );
});

it('a call that one of several limits refuses is charged to none', () => {
  const gate = setUp(
    sampleLimit('wide', { unit: 'call', burst: 3, rate: 1, periodSeconds: 3600 }),
    once('narrow', { unit: 'call', tool: 'github/search' }),
  );
  assert.equal(call(gate, 'github/search').refusal, undefined);
  for (let round = 0; round < 5; round += 1) {
    assert.equal(call(gate, 'github/search').refusal?.limit, 'narrow');
  }
  assert.equal(call(gate, 'github/list').refusal, undefined);
  assert.equal(call(gate, 'github/list').refusal, undefined);
  assert.equal(call(gate, 'github/list').refusal?.limit, 'wide');
});

it('a changed or removed limit acts on the next request', () => {
  const gate = setUp(once('one', {}));
  request(gate);
  assert.ok(request(gate).refusal);
  gate.index.set('one', once('one', { burst: 2 }));
  assert.equal(request(gate).refusal, undefined);
  assert.ok(request(gate).refusal);
  gate.index.set('one', once('one', { endpoint: 'other' }));
  assert.equal(request(gate).refusal, undefined);
  gate.index.set('one', null);
  assert.deepEqual(gate.index.requestLimits('other', 'alice'), []);
});

it('observe refuses nothing, says nothing to the client, and is counted', () => {
  const gate = setUp(once('seen', { mode: 'observe' }));
  assert.deepEqual([request(gate), request(gate), request(gate)], [{}, {}, {}]);
  assert.deepEqual(gate.exceeded, ['seen', 'seen']);
});

it('headers are those of draft-10 and the refusal can be read by a person', () => {
  const gate = setUp(
    sampleLimit('team "a"', { rate: 60, periodSeconds: 60, burst: 2, per: 'key' }),
    sampleLimit('daily', { rate: 1000, periodSeconds: 86400, burst: 500 }),
  );
  const first = request(gate);
  assert.equal(first.rateLimit, '"team \\"a\\"";r=1;t=1, "daily";r=499;t=87');
  assert.equal(first.rateLimitPolicy, '"team \\"a\\"";q=60;w=60, "daily";q=1000;w=86400');
  request(gate);
  const { refusal, rateLimit } = request(gate);
  assert.equal(rateLimit?.startsWith('"team \\"a\\"";r=0;t=1'), true);
  assert.deepEqual(refusal, {
    limit: 'team "a"',
    message:
      'Limit "team "a"" allows 60 requests per minute for each key, 2 at once. Try again in 1 second.',
    retryAfterSeconds: 1,
  });
});

it('a client that waits as long as Retry-After says gets through', () => {
  const gate = setUp(sampleLimit('slow', { rate: 7, periodSeconds: 60, burst: 1 }));
  request(gate);
  const wait = request(gate).refusal?.retryAfterSeconds ?? 0;
  assert.equal(wait, 9);
  gate.time.now += wait * 1000;
  assert.equal(request(gate).refusal, undefined);
});

it('standings tell what is left and charge nothing', () => {
  const gate = setUp(
    sampleLimit('requests', { burst: 5 }),
    once('calls', { unit: 'call', server: 'github', mode: 'observe' }),
  );
  call(gate, 'github/search');
  const read = () => {
    let standings: unknown;
    gate.limits.standings(alice, { server: 'github', name: 'search' }, (result) => {
      standings = result;
    });
    return standings;
  };
  const expected = [
    { limit: 'requests', unit: 'request', mode: 'enforce', remaining: 5, retryAfterSeconds: 0 },
    { limit: 'calls', unit: 'call', mode: 'observe', remaining: 0, retryAfterSeconds: 60 },
  ];
  assert.deepEqual(read(), expected);
  assert.deepEqual(read(), expected);
});

it('a limit that is deleted and created anew counts from nothing; one that is changed goes on', () => {
  const test = setUp(once('day', {}));
  assert.equal(request(test).refusal, undefined);
  test.index.set('day', once('day', { periodSeconds: 120 }));
  assert.equal(request(test).refusal?.limit, 'day');
  test.index.set('day', null);
  test.index.set('day', once('day', { createdAt: 1 }));
  assert.equal(request(test).refusal, undefined);
});
