/** FILTERS (RFC 5466), SEARCH=FUZZY (RFC 6203) and LIST-METADATA (RFC 9590). */
import { describe, expect, it } from 'vitest';
import { hiding } from '../hiding.ts';
import { clientOf, freshMailbox, freshName, letter, letters, type Operations, rejection } from './target.ts';

const MISSING = { name: 'UsageError', code: 'MISSING_CAPABILITY' };

export const filterOperations: Operations = (target) => {
  describe('filter', () => {
    it('searches by what the server keeps under a name', async () => {
      await using client = await clientOf(target(), {}, 8);
      const mailbox = await freshMailbox(client, target(), [...letters(3), letter('=?utf-8?q?Gr=C3=BC=C3=9Fe?=')]);
      if (!client.capabilities.has('FILTERS')) {
        expect(await rejection(mailbox.search({ filter: 'two' }))).toMatchObject(MISSING);
        return;
      }
      const unknown = { code: 'UNDEFINED-FILTER', responseCode: { filter: 'two' } };
      expect(await rejection(mailbox.search({ filter: 'two' }))).toMatchObject(unknown);
      await client.metadata.set('', {
        '/private/filters/values/two': 'OR SUBJECT "letter 2" UID 3',
        '/private/filters/values/not-two': 'NOT FILTER two NOT FILTER two',
        '/private/filters/values/greetings': 'CHARSET UTF-8 SUBJECT {7}\r\nGrüße',
        '/private/filters/values/self': 'FILTER self',
        '/private/filters/values/broken': 'SUBJECT',
        '/private/filters/descriptions/two': 'The second, and the third',
      });
      expect(await mailbox.search({ filter: 'two' })).toEqual([2, 3]);
      expect(await mailbox.search({ filter: 'two', not: { uid: 2 } })).toEqual([3]);
      expect(await mailbox.search({ not: { filter: 'not-two' } })).toEqual([2, 3]);
      expect(await mailbox.search({ filter: 'greetings' })).toEqual([4]);
      expect(await mailbox.sort([{ by: 'arrival', reverse: true }], { filter: 'two' })).toHaveLength(2);
      for (const filter of ['self', 'broken'])
        expect(await rejection(mailbox.search({ filter }))).toMatchObject({ name: 'CommandError' });
      await client.metadata.set('', { '/private/filters/values/two': null });
      expect(await rejection(mailbox.search({ filter: 'two' }))).toMatchObject(unknown);
    });
  });

  describe('fuzzy', () => {
    it('finds what is nearly the same, and tells how nearly', async () => {
      await using client = await clientOf(target());
      const subjects = ['Conference in Zürich', 'Conferense dinner', 'A letter', 'The conferences'];
      const mailbox = await freshMailbox(
        client,
        target(),
        subjects.map((subject) => letter(encoded(subject))),
      );
      const query = { fuzzy: { subject: 'conference' } };
      if (!client.capabilities.has('SEARCH=FUZZY')) {
        expect(await rejection(mailbox.search(query))).toMatchObject(MISSING);
        expect(await rejection(mailbox.searchReturn({}, { relevancy: true }))).toMatchObject(MISSING);
        expect(await rejection(mailbox.sort(['relevancy'], {}))).toMatchObject(MISSING);
        return;
      }
      const plain = await rejection(mailbox.sort(['relevancy'], { subject: 'conference' }));
      expect(plain).toMatchObject({ name: 'UsageError', message: expect.stringContaining('needs a fuzzy key') });
      if (target().blursNothing) {
        expect(await mailbox.sort([{ by: 'relevancy', reverse: true }], query)).toEqual([]);
        return;
      }
      expect(await mailbox.search({ subject: 'conference' })).toEqual([1, 4]);
      expect(await mailbox.search(query)).toEqual([1, 2, 4]);
      expect(await mailbox.search({ fuzzy: { subject: 'conferrence zurich' } })).toEqual([1]);
      expect(await mailbox.search({ not: query })).toEqual([3]);
      expect(await mailbox.search({ or: [query, { subject: 'letter' }] })).toEqual([1, 2, 3, 4]);
      if (!client.capabilities.has('ESEARCH')) {
        expect(await rejection(mailbox.searchReturn(query, { relevancy: true }))).toMatchObject(MISSING);
        return;
      }
      const { all, relevancy = [] } = await mailbox.searchReturn(query, { all: true, relevancy: true });
      expect([...(all ?? [])]).toEqual([1, 2, 4]);
      const [first = 0, second = 0, third = 0] = relevancy;
      expect(relevancy).toHaveLength(3);
      expect(first).toBe(third);
      expect(second).toBeLessThan(first);
      expect(second).toBeGreaterThan(0);
      const none = await mailbox.searchReturn({ fuzzy: { subject: 'nothing' } }, { relevancy: true, count: true });
      expect(none).toEqual({ count: 0, relevancy: [] });
      await using poor = await clientOf(target(), hiding(target().options(), 'SORT', 'ESORT', 'CONTEXT=SORT'));
      for (const one of [mailbox, await poor.open(mailbox.name)]) {
        expect(await one.sort(['relevancy'], query)).toEqual([1, 4, 2]);
        expect(await one.sort([{ by: 'relevancy', reverse: true }, 'subject'], query)).toEqual([2, 1, 4]);
        expect(await one.sort(['subject', 'relevancy'], query, { partial: '-1:-1' })).toEqual([4]);
      }
    });
  });

  describe('list', () => {
    it('tells metadata', async () => {
      await using client = await clientOf(target(), {}, 8);
      const { capabilities } = client;
      const name = freshName(target(), 'ü');
      await client.create(name);
      const metadata = ['/private/comment', '/shared/comment'];
      if (!capabilities.has('METADATA') && !capabilities.has('ANNOTATEMORE')) {
        expect(await rejection(client.list({ metadata }))).toMatchObject(MISSING);
        return;
      }
      await client.metadata.set(name, { '/private/comment': 'größer "als"' });
      const mailboxes = await client.list({ metadata, status: ['messages'] });
      const mine = mailboxes.find((mailbox) => mailbox.name === name);
      expect(mine?.metadata?.get('/private/comment')?.toString()).toBe('größer "als"');
      expect(mine?.metadata?.get('/shared/comment')).toBeNull();
      expect(mine?.status).toEqual({ messages: 0 });
      for (const one of mailboxes) if (one.selectable) expect([...(one.metadata?.keys() ?? [])]).toEqual(metadata);
    });
  });
};

function encoded(subject: string): string {
  return subject.replace(/[^ -~]+/g, (text) => `=?utf-8?b?${Buffer.from(text).toString('base64')}?=`);
}
