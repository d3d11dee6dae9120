import { describe, expect, it } from 'vitest';
import { readMailboxList, specialUseOf } from '../../../src/syntax/mailbox-list.ts';
import { readerOf } from './reader-of.ts';

const listOf = (text: string, utf8 = false) => readMailboxList(readerOf(text), utf8);

describe('readMailboxList', () => {
  it('reads a mailbox', () => {
    expect(listOf('(\\HasNoChildren \\sent) "/" "a&AOk-/b"')).toEqual({
      name: 'aé/b',
      delimiter: '/',
      attributes: new Set(['\\HasNoChildren', '\\Sent']),
    });
  });

  it('reads raw UTF-8 where that was agreed', () => {
    expect(listOf('() "/" "\xc3\xa9&AOk-"', true).name).toBe('é&AOk-');
  });

  it('keeps the names of its attributes, those it does not know too', () => {
    expect(listOf('(\\NOSELECT \\X-Own \\X-own) NIL a').attributes).toEqual(
      new Set(['\\Noselect', '\\X-Own', '\\X-own']),
    );
  });

  it('understands XLIST', () => {
    expect(listOf('(\\HasNoChildren \\Inbox) "/" "Posteingang"').attributes).toContain('\\Inbox');
    expect(specialUseOf(listOf('(\\Spam) "/" x').attributes)).toBe('\\Junk');
    expect(specialUseOf(listOf('(\\AllMail) "/" x').attributes)).toBe('\\All');
    expect(specialUseOf(listOf('(\\Starred) "/" x').attributes)).toBe('\\Flagged');
  });

  it.each([
    ['() "/" inbox', 'INBOX'],
    ['() "/" "Inbox/Old"', 'INBOX/Old'],
    ['() "." inboxes', 'inboxes'],
    ['() "/" "&ATE-nbox/Old"', 'ınbox/Old'],
    ['() NIL "Inbox/Old"', 'Inbox/Old'],
    ['() "\\\\" "a\\\\b\\\\"', 'a\\b'],
    ['() "/" "//"', '/'],
    ['() "/" "a"b"', 'a"b'],
    ['() "/" two words', 'two words'],
    ['() "/" {3}\r\na\\b', 'a\\b'],
    ['() "" flat', 'flat'],
    ['()  "/"  spaced ', 'spaced'],
    ['() "/" ""', ''],
  ])('reads the name in %j', (text, name) => {
    expect(listOf(text).name).toBe(name);
  });

  it('reads extended items behind names of any form', () => {
    const items = ['"X" (1 (2))', 'vendor.cmu-x ("y")', '"vendor.cmu.x-y" 1:5', '{1}\r\nX ()', 'X 3'];
    for (const name of ['a', '"a"', '{1}\r\na'])
      for (const item of items) {
        expect(listOf(`() "/" ${name} (${item} "CHILDINFO" ("SUBSCRIBED"))`)).toMatchObject({
          name: 'a',
          childInfo: ['SUBSCRIBED'],
        });
      }
    for (const name of ['a', '"a"', '{1}\r\na']) expect(listOf(`() "/" ${name} ()`).name).toBe('a');
    expect(listOf('() "/" "new" ("OLDNAME" ("o&AOk-"))').oldName).toBe('oé');
  });

  it.each(['', '() ', '(', '() "/" "a'])('refuses %j', (text) => {
    expect(() => listOf(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });

  it('costs time in proportion to its length', () => {
    const started = performance.now();
    listOf(`() "/" x${' (A1'.repeat(100_000)}`);
    listOf(`() "/" x${' ('.repeat(100_000)}`);
    listOf(`() "/" x (${'A'.repeat(400_000)}`);
    listOf(`() "/" x${' '.repeat(400_000)}(x`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
