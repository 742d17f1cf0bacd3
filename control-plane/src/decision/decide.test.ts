/** Guarantees of the decision: every reason, in the order that the policy gives them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { generateApiKey } from '../credentials/api-key.ts';
import {
  digest,
  NOW,
  sampleEndpoint,
  sampleInput,
  sampleKey,
  samplePolicy,
} from '../testing/sample-policy.ts';
import { decide } from './decide.ts';
import type { DecisionInput } from './decision-input.ts';

const PUBLIC = 'https://mcp.example.com';

const policy = samplePolicy({
  endpoints: [
    sampleEndpoint('dev', { path: 'Dev_1', allowedOrigins: ['https://app.example.com'] }),
    sampleEndpoint('open', { auth: ['none'] }),
    sampleEndpoint('both', { auth: ['none', 'key'] }),
    sampleEndpoint('url', { queryKey: true }),
    sampleEndpoint('off', { enabled: false }),
    sampleEndpoint('off-open', { enabled: false, auth: ['none'] }),
    sampleEndpoint('wide', { allowedOrigins: ['*'] }),
  ],
  keys: [
    sampleKey('alice', { principal: 'user-of-alice' }),
    sampleKey('narrow', { endpoints: ['both'] }),
    sampleKey('revoked', { revoked: true }),
    sampleKey('expired', { expiresAt: NOW }),
    sampleKey('rotated', {
      secrets: [
        { digest: digest('secret-of-rotated') },
        { digest: digest('former'), expiresAt: NOW },
        { digest: digest('overlapping'), expiresAt: NOW + 1 },
      ],
    }),
  ],
});

function judge(overrides: Partial<DecisionInput> = {}) {
  return decide(sampleInput({ endpointPath: 'Dev_1', ...overrides }), policy, PUBLIC, NOW);
}

function reason(overrides: Partial<DecisionInput>): string {
  const verdict = judge(overrides);
  return verdict.outcome === 'deny' ? verdict.reason : 'allow';
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const nobody = { authorization: '' };

it('a good key reaches its endpoint, as its principal', () => {
  const verdict = judge();
  assert.equal(verdict.outcome, 'allow');
  assert.deepEqual(
    verdict.outcome === 'allow' && [
      verdict.principal,
      verdict.key?.policy.name,
      verdict.endpoint.name,
    ],
    ['user-of-alice', 'alice', 'dev'],
  );
});

it('401 tells missing, unknown, revoked and expired keys apart', () => {
  assert.equal(reason(nobody), 'missing_credential');
  assert.equal(reason(bearer('nonsense')), 'invalid_credential');
  assert.equal(reason({ authorization: 'Basic YTpi' }), 'invalid_credential');
  assert.equal(reason(bearer('secret-of-revoked')), 'revoked_credential');
  assert.equal(reason(bearer('secret-of-expired')), 'expired_credential');
});

it('a rotated secret works until its overlap ends, the new one goes on', () => {
  assert.equal(reason(bearer('secret-of-rotated')), 'allow');
  assert.equal(reason(bearer('overlapping')), 'allow');
  assert.equal(reason(bearer('former')), 'expired_credential');
});

it('a mistyped key and an admin key are named as such, without a look-up', () => {
  const message = (secret: string) => {
    const verdict = judge(bearer(secret));
    return verdict.outcome === 'deny' ? verdict.message : '';
  };
  assert.match(message('mm_mistyped'), /checksum/);
  assert.match(message(generateApiKey('admin')), /admin key/);
  assert.match(message(generateApiKey('client')), /not known/);
});

it('400 for two different keys', () => {
  assert.equal(reason({ apiKey: 'secret-of-narrow' }), 'conflicting_credentials');
  assert.equal(reason({ apiKey: 'secret-of-alice' }), 'allow');
});

it('a key in the URL counts only where the endpoint allows it, and is refused elsewhere', () => {
  assert.equal(reason({ ...nobody, endpointPath: 'url', queryKey: 'secret-of-alice' }), 'allow');
  assert.equal(reason({ ...nobody, endpointPath: 'url', queryKey: 'wrong' }), 'invalid_credential');
  assert.equal(
    reason({ ...nobody, endpointPath: 'url', queryKey: 'secret-of-alice wrong' }),
    'conflicting_credentials',
  );
  for (const endpointPath of ['Dev_1', 'open', 'unknown']) {
    assert.equal(reason({ endpointPath, queryKey: 'secret-of-alice' }), 'query_credential_refused');
  }
});

it('an unknown endpoint is 401 for strangers and 404 for those with a good key', () => {
  assert.equal(reason({ ...nobody, endpointPath: 'unknown' }), 'missing_credential');
  assert.equal(reason({ ...bearer('bad'), endpointPath: 'unknown' }), 'invalid_credential');
  assert.equal(reason({ endpointPath: 'unknown' }), 'endpoint_not_found');
  assert.equal(reason({ endpointPath: 'dev_1' }), 'endpoint_not_found');
});

it('a disabled endpoint is 404, and 401 to strangers unless it is an open one', () => {
  assert.equal(reason({ ...nobody, endpointPath: 'off' }), 'missing_credential');
  assert.equal(reason({ endpointPath: 'off' }), 'endpoint_disabled');
  assert.equal(reason({ ...nobody, endpointPath: 'off-open' }), 'endpoint_disabled');
});

it('403 for a key that is for other endpoints', () => {
  assert.equal(reason(bearer('secret-of-narrow')), 'endpoint_not_granted');
  assert.equal(reason({ ...bearer('secret-of-narrow'), endpointPath: 'both' }), 'allow');
});

it('an open endpoint knows clients by address and does not look at keys', () => {
  for (const credential of [nobody, bearer('whatever'), bearer('secret-of-alice')]) {
    const verdict = judge({ ...credential, endpointPath: 'open' });
    assert.equal(verdict.outcome === 'allow' && verdict.principal, 'ip:192.0.2.1');
    assert.equal(verdict.outcome === 'allow' && verdict.key, undefined);
  }
  const verdict = judge({ ...nobody, endpointPath: 'open', clientIp: '2001:db8::7' });
  assert.equal(verdict.outcome === 'allow' && verdict.principal, 'ip:2001:db8:0:0::/64');
});

it('where both modes are on, a key counts if there is one, and a bad one is not taken for none', () => {
  assert.equal(reason({ ...nobody, endpointPath: 'both' }), 'allow');
  assert.equal(reason({ ...bearer('bad'), endpointPath: 'both' }), 'invalid_credential');
  const verdict = judge({ endpointPath: 'both' });
  assert.equal(verdict.outcome === 'allow' && verdict.principal, 'user-of-alice');
});

it('pages of the gateway itself and of allowed origins pass, others are 403 even with a good key', () => {
  const local = { host: '127.0.0.1:12008' };
  const allowed = [
    { origin: '' },
    { origin: PUBLIC },
    { origin: 'https://app.example.com' },
    { ...local, origin: 'http://127.0.0.1:12008' },
    { host: 'localhost:12008', origin: 'http://localhost:12008' },
    { host: '[::1]:12008', origin: 'http://[::1]:12008' },
    { host: 'mcp.example.com:8443', origin: 'https://mcp.example.com:8443' },
    { endpointPath: 'wide', origin: 'https://anything.example' },
  ];
  for (const headers of allowed) assert.equal(reason(headers), 'allow', headers.origin);
  const refused = [
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'https://app.example.com.evil.example' },
    { origin: 'https://app.example.com:444' },
    { ...local, origin: 'http://127.0.0.1:9999' },
    { ...local, origin: 'http://localhost:12008' },
    { endpointPath: 'unknown', origin: 'https://app.example.com' },
  ];
  for (const headers of refused)
    assert.equal(reason(headers), 'origin_not_allowed', headers.origin);
});

it('an origin that has the same foreign name as the host is refused: DNS rebinding', () => {
  const rebound = { host: 'evil.example:12008', origin: 'http://evil.example:12008' };
  assert.equal(reason(rebound), 'origin_not_allowed');
  assert.equal(reason({ ...rebound, ...nobody, endpointPath: 'open' }), 'origin_not_allowed');
});

it('a preflight of an allowed origin needs no key, and gets nothing but that', () => {
  const preflight = { ...nobody, httpMethod: 'OPTIONS', origin: 'https://app.example.com' };
  const verdict = judge(preflight);
  assert.equal(verdict.outcome === 'allow' && verdict.preflight, true);
  assert.equal(verdict.outcome === 'allow' && verdict.principal, 'ip:192.0.2.1');
  assert.equal(reason({ ...preflight, origin: 'https://evil.example' }), 'origin_not_allowed');
  assert.equal(
    reason({ ...preflight, origin: PUBLIC, endpointPath: 'unknown' }),
    'missing_credential',
  );
  assert.equal(reason({ ...preflight, origin: '' }), 'missing_credential');
});

it('400 for a request that did not come through our NGINX includes', () => {
  for (const missing of [
    { endpointPath: '' },
    { endpointPath: 'a/../b' },
    { endpointPath: 'a, b' },
    { httpMethod: '' },
    { route: '' },
    { requestId: '' },
    { clientIp: '' },
  ]) {
    assert.equal(reason(missing), 'bad_request');
  }
});
