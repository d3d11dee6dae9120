import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmacMd5, md5 } from '../../../src/auth/md5.ts';
import { bytes } from './text.ts';

const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex');

describe('md5', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      '57edf4a22be3c955ac49da2e2107b67a',
    ],
  ])('RFC 1321 §A.5: %j', (message, digest) => {
    expect(hex(md5(bytes(message)))).toBe(digest);
  });

  it('agrees with node:crypto for every length around the block boundaries', () => {
    for (let length = 0; length < 200; length++) {
      const message = Buffer.from(Array.from({ length }, (_, i) => (i * 167 + length) & 255));
      expect(hex(md5(message))).toBe(createHash('md5').update(message).digest('hex'));
    }
  });
});

describe('hmacMd5', () => {
  it.each([
    [Buffer.alloc(16, 0x0b), Buffer.from('Hi There'), '9294727a3638bb1c13f48ef8158bfc9d'],
    [Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'), '750c783e6ab0b503eaa86e310a5db738'],
    [Buffer.alloc(16, 0xaa), Buffer.alloc(50, 0xdd), '56be34521d144c88dbb8c733f0e8b3f6'],
  ])('RFC 2104 vectors', (key, message, digest) => {
    expect(hex(hmacMd5(key, message))).toBe(digest);
  });

  it.each([63, 64, 65, 200])('takes a key of %i bytes', (length) => {
    const key = Buffer.alloc(length, 0x5a);
    expect(hex(hmacMd5(key, bytes('x')))).toBe(createHmac('md5', key).update('x').digest('hex'));
  });
});
