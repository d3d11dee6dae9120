import { describe, expect, it } from 'vitest';
import { storeAnnotation } from '../../../src/commands/store-annotation.ts';
import { UsageError } from '../../../src/index.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { fetchRequest, toMessage } from '../../../src/syntax/fetch-items.ts';
import { FetchReader } from '../../../src/syntax/fetch-reader.ts';
import { Dialogue } from '../session/dialogue.ts';
import { readerOf } from '../syntax/reader-of.ts';

const ANNOTATE = 'ANNOTATE-EXPERIMENT-1';
const CAPABILITIES = new Capabilities([ANNOTATE, 'PREVIEW']);

describe('STORE ANNOTATION (RFC 5257 §4.5)', () => {
  it.each([
    [
      [1, 2, 3],
      { '/private/comment': 'My "new" comment' },
      'UID STORE 1:3 ANNOTATION ("/comment" ("value.priv" "My \\"new\\" comment"))',
    ],
    [{ seq: 1 }, { '/shared/comment': null }, 'STORE 1 ANNOTATION ("/comment" ("value.shared" NIL))'],
    [
      7,
      { '/private/a': 'x', '/private/b': 'y', '/shared/a': '' },
      'UID STORE 7 ANNOTATION ("/a" ("value.priv" "x" "value.shared" "") "/b" ("value.priv" "y"))',
    ],
  ])('%j %j', async (set, entries, sent) => {
    const { dialogue, mailbox } = await Dialogue.selected(3, ANNOTATE);
    const running = dialogue.run(storeAnnotation(set, entries), { mailbox });
    const text = await dialogue.turn();
    expect(text.replace(/^\S+ /, '')).toBe(`${sent}\r\n`);
    dialogue.lines(`${text.split(' ')[0]} OK`);
    await running.promise;
  });

  it.each([{}, { '/comment': 'x' }, { '/private/a\tb': 'x' }, { '/private/a*': 'x' }, { '/private/a': 5 }, null])(
    'refuses %j',
    async (entries) => {
      const { dialogue, mailbox } = await Dialogue.selected(3, ANNOTATE);
      const running = dialogue.run(storeAnnotation(1, entries as never), { mailbox }); // what no type check stops at run time
      await expect(running.promise).rejects.toBeInstanceOf(UsageError);
    },
  );
});

describe('FETCH ANNOTATION (RFC 5257 §4.3)', () => {
  it('asks for entries with spaces, and however long', () => {
    const long = 'z'.repeat(1100);
    const { text } = fetchRequest({ annotations: ['/shared/x (y', `/shared/${long}`] }, CAPABILITIES);
    expect(text).toBe(`(UID ANNOTATION (("/x (y" "/${long}") ("value.shared")))`);
  });

  it('asks for the entries and attributes, and gives what was asked for', () => {
    const annotations = ['/private/Comment', '/shared/comment', '/private/vendor/x"y'];
    const request = fetchRequest({ annotations, flags: true }, CAPABILITIES);
    expect(request.text).toBe(
      '(UID FLAGS ANNOTATION (("/Comment" "/comment" "/vendor/x\\"y") ("value.priv" "value.shared")))',
    );
    const reader = new FetchReader();
    const data = reader.read(
      readerOf('(UID 3 FLAGS () ANNOTATION (/comment (value.priv "mine" value.shared NIL size.priv "4")))'),
      1,
    );
    expect(reader.items & request.wanted).toBe(request.wanted);
    expect(toMessage(data, reader.items, request)).toEqual({
      uid: 3,
      seq: 1,
      flags: new Set(),
      annotations: new Map([
        ['/private/Comment', Buffer.from('mine')],
        ['/shared/comment', null],
        ['/private/vendor/x"y', null],
      ]),
    });
  });

  it('needs the capability, and entries', () => {
    expect(() => fetchRequest({ annotations: ['/private/comment'] }, Capabilities.none)).toThrow(ANNOTATE);
    expect(() => fetchRequest({ annotations: [] }, CAPABILITIES)).toThrow(UsageError);
    expect(() => fetchRequest({ annotations: ['/private/*'] }, CAPABILITIES)).toThrow(UsageError);
  });
});

describe('PREVIEW (RFC 8970)', () => {
  it('may be lazy', () => {
    expect(fetchRequest({ preview: true }, CAPABILITIES).text).toBe('(UID PREVIEW)');
    expect(fetchRequest({ preview: 'lazy', flags: true }, CAPABILITIES).text).toBe('(UID FLAGS PREVIEW (LAZY))');
    expect(() => fetchRequest({ preview: 'LAZY' as 'lazy' }, CAPABILITIES)).toThrow(UsageError); // a caller without types
  });
});
