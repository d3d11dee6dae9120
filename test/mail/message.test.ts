import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type MailMessage, type MailOptions, makeMessage, ODD_KINDS } from './message.ts';

function make(count: number, options?: MailOptions): MailMessage[] {
  return Array.from({ length: count }, (_, index) => makeMessage(index, options));
}

function digestOf(messages: MailMessage[]): string {
  const hash = createHash('sha256');
  for (const { raw } of messages) hash.update(raw);
  return hash.digest('hex');
}

function headerOf({ raw }: MailMessage): string {
  const end = raw.indexOf('\r\n\r\n');
  return raw.toString('latin1', 0, end < 0 ? raw.length : end);
}

describe('makeMessage', { timeout: 30_000 }, () => {
  it('makes the same bytes everywhere', () => {
    expect(digestOf(make(200))).toBe('2d484d65e60c861e515cdb08b1fa38ba0c6d19b396b7f7f93f4e75eef5129a62');
    expect(digestOf(make(200, { seed: 'odd', oddPercent: 100, median: 500 }))).toBe(
      '986b591cf05c04e3b795c7abc5f9f5c88cf5702d28f5e18b2f68343fc92f29ee',
    );
  });

  it('makes a message alike whatever was made before it', () => {
    const [first] = make(1);
    make(20);
    expect(makeMessage(0)).toEqual(first);
  });

  it('ends lines in CRLF and holds no NUL', () => {
    for (const { raw, facts } of make(300, { oddPercent: 50 })) {
      expect(raw.includes(0), facts.kind).toBe(false);
      expect(/[^\r]\n|\r(?!\n)/.test(raw.toString('latin1')), facts.kind).toBe(false);
    }
  });

  it('makes every odd kind', () => {
    const kinds = new Set(make(600, { oddPercent: 100, median: 300 }).map(({ facts }) => facts.kind));
    expect([...kinds].sort()).toEqual([...ODD_KINDS].sort());
  });

  it('knows what it has written', () => {
    for (const message of make(200, { oddPercent: 0 })) {
      const { facts } = message;
      const header = headerOf(message);
      expect(header).toContain(`\r\nMessage-ID: ${facts.messageId}\r\n`);
      expect(header).toContain(`<${facts.fromAddress}>\r\n`);
      expect(header.includes('\r\nIn-Reply-To: ')).toBe(facts.inReplyTo !== null);
      if (facts.kind === 'attachment') expect(facts.attachments).not.toEqual([]);
    }
  });

  it('answers messages of the same set', () => {
    const messages = make(100, { oddPercent: 0 });
    const ids = new Set(messages.map(({ facts }) => facts.messageId));
    const answers = messages.filter(({ facts }) => facts.inReplyTo !== null);
    expect(answers.length).toBeGreaterThan(10);
    for (const { facts } of answers) expect(ids).toContain(facts.inReplyTo);
  });

  it('keeps to the kinds, the sizes and the share of seen messages asked for', () => {
    for (const { facts } of make(20, { kinds: ['calendar', 'deep'] })) expect(facts.kind).toMatch(/^(calendar|deep)$/);
    for (const { flags } of make(20, { seenPercent: 100 })) expect(flags).toContain('\\Seen');
    const sizes = make(40, { median: 300, bigEvery: 20 }).map(({ raw }) => raw.length);
    expect(sizes.flatMap((size, index) => (size > 4_000_000 ? [index] : []))).toEqual([19, 39]);
  });
});
