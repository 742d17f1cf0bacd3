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

  for (const address of [
    '169.254.169.254',
    '169.254.170.2',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[::ffff:a9fe:a9fe]',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    'fd00:ec2::254',
    'fd00:0ec2:0:0:0:0:0:0254',
    'fe80::a9fe:a9fe%eth0',
    'fd20:ce::254',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    '168.63.129.16',
  ]) {
    it(`${address} is one`, () => assert.equal(isMetadataAddress(address), true));
  }

  for (const address of ['127.0.0.1', '10.0.0.1', '::1', '169.253.1.1', 'fd00::1', 'example.com']) {
    it(`${address} is none`, () => assert.equal(isMetadataAddress(address), false));
  }

  it('knows addresses that a name resolved to', () => {
    assert.equal(isMetadataAddress('169.254.170.2'), true);
    assert.equal(isMetadataAddress('192.168.1.1'), false);
    assert.equal(isMetadataAddress('not an address'), false);
  });
});
