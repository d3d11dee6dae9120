import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../../../src/syntax/status-item.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { readerOf, written } from './reader-of.ts';

const itemsOf = (text: string) => readStatusItems(readerOf(text));
const asked = (...items: StatusItem[]) => written((writer) => writeStatusItems(writer, items));

describe('readStatusItems', () => {
  it('reads every item', () => {
    const text =
      ' (MESSAGES 1 RECENT 2 UNSEEN 3 UIDNEXT 4 UIDVALIDITY 5 HIGHESTMODSEQ 9223372036854775807 SIZE 9007199254740991 DELETED 6 DELETED-STORAGE 7 APPENDLIMIT 8 MAILBOXID (F1))';
    expect(itemsOf(text)).toEqual({
      messages: 1,
      recent: 2,
      unseen: 3,
      uidNext: 4,
      uidValidity: 5,
      highestModseq: 9223372036854775807n,
      size: 9007199254740991,
      deleted: 6,
      deletedStorage: 7,
      appendLimit: 8,
      mailboxId: 'F1',
    });
  });

  it('leaves out what the server does not know', () => {
    expect(itemsOf('(UIDNEXT 0 UIDVALIDITY 0 MESSAGES 0)')).toEqual({ messages: 0 });
    expect(itemsOf('(APPENDLIMIT NIL)')).toEqual({ appendLimit: null });
  });

  it('passes over what it does not know, and takes names in any case', () => {
    expect(itemsOf('(X-A (1 "b") X-B {1}\r\n) messages 3)')).toEqual({ messages: 3 });
    expect(itemsOf('(__proto__ 1 constructor 2)')).toEqual({});
  });

  it.each([
    '(MESSAGES)',
    '(MESSAGES x)',
    '(UIDNEXT 4294967296)',
    '(HIGHESTMODSEQ -1)',
    '(HIGHESTMODSEQ 9223372036854775808)',
  ])('takes nothing from %j', (text) => {
    expect(itemsOf(text)).toEqual({});
    expect(itemsOf(text.replace(')', ' UNSEEN 3)'))).toEqual(text === '(MESSAGES)' ? {} : { unseen: 3 });
  });

  it('refuses what is no list', () => {
    expect(() => itemsOf('')).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });
});

describe('readStatusMailbox', () => {
  it.each([
    [' inbox (', false, 'INBOX'],
    [' "a&AOk-" (', false, 'aé'],
    [' "\xc3\xa9&" (', true, 'é&'],
    [' {3}\r\na b (', false, 'a b'],
    [' Sent  Items  (', false, 'Sent  Items'],
  ])('reads %j', (text, utf8, name) => {
    expect(readStatusMailbox(readerOf(text), utf8)).toBe(name);
  });
});

describe('writeStatusItems', () => {
  it('writes each item once, in one order', () => {
    expect(asked('uidNext', 'messages', 'uidNext')).toBe('(MESSAGES UIDNEXT)');
    expect(asked('mailboxId', 'highestModseq', 'deletedStorage')).toBe('(HIGHESTMODSEQ DELETED-STORAGE MAILBOXID)');
  });

  it('refuses what is none', () => {
    expect(() => asked()).toThrow(UsageError);
    expect(() => asked('MESSAGES' as StatusItem)).toThrow(UsageError); // a caller without types
    expect(() => asked('constructor' as StatusItem)).toThrow(UsageError); // a caller without types
  });
});

it('takes no list of the next line for that of a response without one', () => {
  const names: string[] = [];
  const framer = new Framer({
    frame(frame) {
      const reader = new Reader();
      reader.reset(frame);
      reader.position += '* STATUS'.length;
      names.push(readStatusMailbox(reader, false));
    },
  });
  framer.receive(Buffer.from('* STATUS a b\r\n* STATUS c (MESSAGES 1)\r\n'));
  expect(names).toEqual(['a b', 'c']);
});
