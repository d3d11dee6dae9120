import { describe, expect, it } from 'vitest';
import { readResponseText, readStatus } from '../../../src/syntax/response.ts';
import { readerOf } from './reader-of.ts';

describe('readStatus', () => {
  it.each([
    ['OK done', { status: 'OK', text: 'done' }],
    ['ok  [ALERT]  look ', { status: 'OK', code: { name: 'ALERT' }, text: 'look ' }],
    ['NO', { status: 'NO', text: '' }],
    ['NO COPY [TRYCREATE] failed', { status: 'NO', code: { name: 'TRYCREATE' }, text: 'failed' }],
    ['NO UID COPY [TRYCREATE] failed', { status: 'NO', code: { name: 'TRYCREATE' }, text: 'failed' }],
    ['OK COPY [TRYCREATE] done', { status: 'OK', text: 'COPY [TRYCREATE] done' }],
    ['BYE ', { status: 'BYE', text: '' }],
    ['OK [READ-WRITE]', { status: 'OK', code: { name: 'READ-WRITE' }, text: '' }],
    ['OK[ALERT]x', { status: 'OK', code: { name: 'ALERT' }, text: 'x' }],
    ['OK see {5}', { status: 'OK', text: 'see {5}' }],
    ['OK [ALERT] see {5}', { status: 'OK', code: { name: 'ALERT' }, text: 'see {5}' }],
    ['BAD [broken', { status: 'BAD', text: '[broken' }],
    ['PREAUTH Gr\xc3\xbc\xc3\x9fe', { status: 'PREAUTH', text: 'Grüße' }],
    ['OK Gr\xfc\xdfe', { status: 'OK', text: 'Grüße' }],
  ])('reads %j', (text, expected) => {
    expect(readStatus(readerOf(text))).toEqual(expected);
  });

  it.each(['', 'OKAY fine', 'FETCH'])('refuses %j', (text) => {
    expect(() => readStatus(readerOf(text))).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });
});

describe('readResponseText', () => {
  it('reads what stands behind a continuation request', () => {
    expect(readResponseText(readerOf(''))).toEqual({ text: '' });
    expect(readResponseText(readerOf(' idling'))).toEqual({ text: 'idling' });
  });
});
