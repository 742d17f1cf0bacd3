import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMetadataAddress, isMetadataHost } from './metadata-address.ts';

describe('metadata addresses', () => {
  const forms = [
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[64:ff9b::100.100.100.200]/',
    'http://[64:ff9b:1::169.254.169.254]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[2002:6464:64c8::1]/',
    'http://[::169.254.169.254]/',
    'http://168.63.129.16/',
    'http://metadata.google.internal./',
    'http://METADATA.google.internal/',
    'http://100.100.100.200/',
  ];
  for (const url of forms) {
    it(`finds ${url}`, () => assert.ok(isMetadataHost(new URL(url).hostname)));
  }

  it('lets ordinary hosts pass', () => {
    const ordinary = ['127.0.0.1', '10.0.0.1', 'example.com', 'metadata.example.com', '[::1]'];
    for (const host of [...ordinary, '[2002:a00:1::]', '[64:ff9b::10.0.0.1]', '[2001:db8::1]']) {
      assert.equal(isMetadataHost(host), false, host);
    }
  });

  it('knows addresses that a name resolved to', () => {
    assert.equal(isMetadataAddress('169.254.170.2'), true);
    assert.equal(isMetadataAddress('192.168.1.1'), false);
    assert.equal(isMetadataAddress('not an address'), false);
  });
});
