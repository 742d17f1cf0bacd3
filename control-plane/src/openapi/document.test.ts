import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateApiKey } from '../credentials/api-key.ts';
import { OPERATIONS, type Operation } from '../testing/document-checker.ts';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

const SCOPES = ['viewer', 'editor', 'owner'] as const;
/** Everything that the examples refer to. */
const REFERRED = {
  '/api/v1/servers/everything': { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' },
  '/api/v1/servers/memory': { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' },
  '/api/v1/namespaces/tour': { members: [] },
  '/api/v1/endpoints/default': { namespace: 'tour' },
};

function requestOf({ method, path }: Operation, name = 'nobody'): string {
  return `${method} ${path.replace('{name}', name).replace(/\{\w+\}/g, '1')}`;
}

describe('the OpenAPI document', () => {
  let api: TestApi;
  const keys = new Map<string, string>();

  before(async () => {
    api = await openTestApi();
    for (const scope of SCOPES) keys.set(scope, await api.adminKey(scope));
    for (const [path, body] of Object.entries(REFERRED)) {
      assert.equal((await api.call(`PUT ${path}`, { body })).status, 201);
    }
  });
  after(() => api.close());

  for (const operation of OPERATIONS.filter(({ scope }) => scope !== undefined)) {
    const { operationId, scope, bodyExamples } = operation;
    const body = Object.values(bodyExamples)[0]?.value;
    const withBody = body ? { body } : {};

    it(`401 for ${operationId} without a key`, async () => {
      const reply = await api.call(requestOf(operation), { key: null, ...withBody });
      assert.equal(reply.status, 401);
      assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer/);
    });

    it(`401 for ${operationId} with a key of a client`, async () => {
      // An address of its own for each: together they would be too many failures.
      const headers = { 'X-Sluice-Client-IP': operationId };
      const options = { key: generateApiKey('client'), headers, ...withBody };
      assert.equal((await api.call(requestOf(operation), options)).status, 401);
    });

    for (const held of SCOPES.slice(0, SCOPES.indexOf(scope as 'viewer'))) {
      it(`403 for ${operationId} with scope ${held}`, async () => {
        const key = keys.get(held) ?? '';
        assert.equal((await api.call(requestOf(operation), { key, ...withBody })).status, 403);
      });
    }
  }

  for (const operation of OPERATIONS) {
    for (const [example, { value }] of Object.entries(operation.bodyExamples)) {
      it(`the example "${example}" of ${operation.operationId} is accepted`, async () => {
        const name = `example-${example}`;
        if (operation.path.endsWith('/rotate')) {
          const kind = operation.path.split('/')[3];
          const config = kind === 'keys' ? { endpoints: ['*'] } : { scope: 'viewer' };
          await api.call(`PUT /api/v1/${kind}/${name}`, { body: config });
        }
        const reply = await api.call(requestOf(operation, name), { body: value });
        assert.ok([200, 201].includes(reply.status), JSON.stringify(reply.body));
      });
    }
  }

  it('is served in both forms, to everybody', async () => {
    const json = await api.call('GET /openapi.json', { key: null });
    assert.equal(json.body.openapi, '3.1.1');
    const yaml = await api.call('GET /openapi.yaml', { key: null });
    assert.match(yaml.body, /^openapi: 3\.1\.1/);
  });
});
