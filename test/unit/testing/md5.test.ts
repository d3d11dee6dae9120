import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { hmacMd5, md5 } from '../../../src/testing/auth/md5.ts';

test.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 1000])('MD5 of %d bytes', (length) => {
  const message = Buffer.alloc(length, 'message digest');
  expect(md5(message).toString('hex')).toBe(createHash('md5').update(message).digest('hex'));
});

test.each([0, 20, 64, 65, 200])('HMAC-MD5 with a secret of %d bytes', (length) => {
  const secret = Buffer.alloc(length, 'secret');
  const message = Buffer.from('<1896.697170952@postoffice.example.net>');
  expect(hmacMd5(secret, message).toString('hex')).toBe(createHmac('md5', secret).update(message).digest('hex'));
});
