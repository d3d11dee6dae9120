import { describe, expect, it } from 'vitest';
import { SPECIAL_USE_NAMES, specialUseByName } from '../../../src/syntax/special-use-names.ts';

describe('special uses by name', () => {
  it('each name stands once, as names are compared', () => {
    const names = SPECIAL_USE_NAMES.flatMap(([, all]) => all);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => name !== name.normalize('NFC').toLowerCase() || name !== name.trim())).toEqual([]);
  });

  it.each([
    ['Sent', '/', '\\Sent'],
    ['INBOX.Sent', '.', '\\Sent'],
    ['Inbox/Gesendete Elemente', '/', '\\Sent'],
    ['[Gmail]/Tous les messages', '/', '\\All'],
    ['[Google Mail]/Papierkorb', '/', '\\Trash'],
    ['Entwürfe', null, '\\Drafts'],
    ['Entwu\u0308rfe', '/', '\\Drafts'],
    ['Отправленные', '|', '\\Sent'],
    ['ОТПРАВЛЕННЫЕ', '|', '\\Sent'],
    ['垃圾邮件', '/', '\\Junk'],
    ['ゴミ箱', '/', '\\Trash'],
    ['보관함', '/', '\\Archive'],
    ['Bulk Mail', '/', '\\Junk'],
    ['Starred', '/', '\\Flagged'],
  ])('%s', (name, delimiter, use) => {
    expect(specialUseByName(name, delimiter)?.use).toBe(use);
  });

  it.each(['Public/Sent', 'INBOX/Old/Sent', 'Sent/2024', 'Sent2', '', 'Important', 'constructor'])(
    'tells nothing of %j',
    (name) => {
      expect(specialUseByName(name, '/')).toBeUndefined();
    },
  );

  it('ranks the likelier name first', () => {
    const [sent, items] = [specialUseByName('Sent', '/'), specialUseByName('Sent Items', '/')];
    expect(sent?.rank).toBeLessThan(items?.rank ?? 0);
  });

  it('takes a name of 200,000 accents in its stride, and knows each of its own with the accents apart', () => {
    expect(specialUseByName(`Sent${'\u0301\u0323'.repeat(100_000)}`, '/')).toBeUndefined();
    const apart = SPECIAL_USE_NAMES.flatMap(([, all]) => all).map((name) => name.normalize('NFD'));
    expect(apart.filter((name) => specialUseByName(name, null) === undefined)).toEqual([]);
  });
});
