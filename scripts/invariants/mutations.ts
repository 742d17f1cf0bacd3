/** The mutations: at least one for each invariant of the design. */
import type { Mutation } from './mutation.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    invariant: '1. What a principal can’t list it can’t call: the call ignores the rules',
    file: 'proxy-plugin/src/mcp/find-target.ts',
    find: '  return reason\n    ? {',
    replace: "  return reason === 'read_only'\n    ? {",
    tests: ['nginx/product-messages.test.ts', 'scripts/end-to-end/rules.test.ts'],
  },
  {
    invariant: '1. What a principal can’t list it can’t call: resources forget their server’s rule',
    file: 'control-plane/contract/access.ts',
    find: "if (target.kind === 'resource') return resourceRefusal(rules, target.server);",
    replace: "if (target.kind === 'resource') return undefined;",
    tests: ['control-plane/contract/access.test.ts', 'control-plane/contract/visible-to.test.ts'],
  },
  {
    invariant: '2. Authorise on the original name: rules are matched on the visible one',
    file: 'control-plane/contract/visible-to.ts',
    find: 'name: entry.name, readOnlyHint',
    replace: 'name: entry.visibleName, readOnlyHint',
    tests: ['control-plane/contract/visible-to.test.ts'],
  },
  {
    invariant: '3. A client’s credential never reaches an upstream: NGINX passes it on',
    file: 'nginx/includes/sluice-location-plugin.conf',
    find: 'proxy_set_header Authorization                  "";',
    replace: 'proxy_set_header Authorization                  $http_authorization;',
    tests: ['nginx/plugin-request.test.ts'],
  },
  {
    invariant:
      '4. Sessions and processes cross principals only where shared: the principal is left out',
    file: 'proxy-plugin/src/upstream/isolation-key.ts',
    find: "key('principal', caller.principal)",
    replace: "key('principal')",
    tests: ['proxy-plugin/src/upstream/isolation.test.ts'],
  },
  {
    invariant: '5. A session id is never authentication: its principal is not compared',
    file: 'proxy-plugin/src/session/sessions.ts',
    find: 'if (session.authenticated && session.principal !== claims.principal) return undefined;',
    replace: '',
    tests: ['nginx/product-sessions.test.ts', 'proxy-plugin/src/session/sessions.test.ts'],
  },
  {
    invariant: '6. One slow upstream never delays the others: requests wait for it without end',
    file: 'proxy-plugin/src/catalog/first-listings.ts',
    find: 'const timer = setTimeout(resolve, Math.max(0, NEW_FOR_MS - age));',
    replace: 'const timer = undefined;',
    tests: ['proxy-plugin/src/catalog/catalogs.test.ts'],
  },
  {
    invariant: '7. A revoked key acts on the next request: revocation is ignored',
    file: 'control-plane/src/identity/identify.ts',
    find: 'if (policy.revoked)',
    replace: 'if (policy.revoked && policy.lineage === "")',
    tests: ['control-plane/src/decision/decide.test.ts'],
  },
  {
    invariant: '7. A revoked key closes its open streams: nobody is told',
    file: 'control-plane/src/channel/publisher.ts',
    find: "sidecars.broadcast('revoke', revocation);",
    replace: '',
    tests: ['control-plane/src/channel/publisher.test.ts'],
  },
  {
    invariant: '8. Internal headers from clients are dropped: a forged decision passes',
    file: 'control-plane/contract/decision.ts',
    find: 'if (given.length !== expected.length || !timingSafeEqual(given, expected)) {',
    replace: 'if (given.length !== expected.length && !timingSafeEqual(given, given)) {',
    tests: ['control-plane/contract/decision.test.ts'],
  },
  {
    invariant: '9. No secret in a log or status: stderr of upstreams is shown as it is',
    file: 'proxy-plugin/src/upstream/scrub.ts',
    find: "rest.replaceAll(secret, '***')",
    replace: 'rest',
    tests: ['proxy-plugin/src/upstream/scrub.test.ts', 'scripts/end-to-end/secrets.test.ts'],
  },
  {
    invariant: '10. No acknowledged write is lost: the database does not wait for the disk',
    file: 'control-plane/src/storage/configuration-database.ts',
    find: "synchronous: 'full'",
    replace: "synchronous: 'normal'",
    tests: ['control-plane/src/storage/open-database.test.ts'],
  },
  {
    invariant: '10. Lost records are visible as a gap: sequences may skip',
    file: 'control-plane/src/calls/store-calls.ts',
    find: 'const gap = skip(progress, record.source, record.sequence, record.time);',
    replace: 'const gap: CallRecord[] = [];',
    tests: ['control-plane/src/calls/store-calls.test.ts'],
  },
  {
    invariant: '11. A stdio child dies with its process group: only the leader is ended',
    file: 'proxy-plugin/src/upstream/stdio/process-tree.ts',
    find: 'return pids.filter((_, index) => found[index]).map(Number);',
    replace: 'return pids.filter((_, index) => found[index] && false).map(Number);',
    tests: ['proxy-plugin/src/upstream/child-trees.test.ts'],
  },
];
