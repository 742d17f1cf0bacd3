/** Guarantees about client addresses. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientNetwork } from './client-network.ts';

it('IPv4 counts by address, IPv6 by /64, a mapped address as IPv4', () => {
  const cases: readonly [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4::', '1:2:3:4::/64'],
    ['1::3:4:5:6:7:8', '1:0:3:4::/64'],
    ['unix:', 'unix:'],
    ['', ''],
  ];
  for (const [ip, network] of cases) assert.equal(clientNetwork(ip), network, ip);
});
