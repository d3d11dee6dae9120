/** Two thousand realistic messages: put in, fetched whole, and compared with what is known of them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Address, AppendMessage, BodyStructure, Envelope, FetchedMessage } from '../../../src/index.ts';
import { type MailMessage, makeMessage } from '../../mail/message.ts';
import { BULK, type Facts } from './facts.ts';
import { clientOf, current, freshMailbox, type Operations } from './target.ts';

const MAIL = { seed: 'corpus', median: 2048, oddPercent: 5 };
const REGULAR_DATE = /^Date: (\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4})\r$/m;

interface Known extends Omit<MailMessage, 'raw'> {
  size: number;
  sha: string;
  /** ms; undefined where the header holds none that is regular. */
  sent: number | undefined;
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/** The messages, one after the other; what is known of each stays. */
function* messages(count: number, known: Known[]): Generator<AppendMessage> {
  for (let index = 0; index < count; index++) {
    const { raw, ...message } = makeMessage(index, MAIL);
    const head = raw.toString('latin1', 0, Math.max(0, raw.indexOf('\r\n\r\n')));
    const [, date] = REGULAR_DATE.exec(head) ?? [];
    known.push({
      ...message,
      size: raw.length,
      sha: sha(raw),
      sent: date === undefined || Number.isNaN(Date.parse(date)) ? undefined : Date.parse(date),
    });
    yield { content: raw, flags: message.flags, internalDate: message.internalDate };
  }
}

function firstAddress(addresses: Address[]): { name?: string; address?: string } {
  const [first] = addresses;
  return first !== undefined && 'address' in first ? first : {};
}

/** File names outside messages within the message. */
function fileNames(structure: BodyStructure): string[] {
  if ('parts' in structure) return structure.parts.flatMap(fileNames);
  return structure.type !== 'message/rfc822' && structure.filename !== undefined ? [structure.filename] : [];
}

const ITEMS = {
  flags: true,
  envelope: true,
  internalDate: true,
  size: true,
  source: true,
  bodyStructure: true,
} as const;

/** What of a message is not as it is known to be. */
function differences(message: FetchedMessage<typeof ITEMS>, known: Known, target: Facts): string[] {
  const { facts } = known;
  const envelope: Envelope = message.envelope;
  const from = firstAddress(envelope.from);
  const flags = [...message.flags].filter((flag) => flag !== '\\Recent');
  const compared: [what: string, value: unknown, wanted: unknown][] = [
    ['source', sha(message.source), known.sha],
    ['size', message.size, known.size],
    ['flags', flags.sort().join(' '), target.dropsFlags ? '' : [...known.flags].sort().join(' ')],
    ['messageId', envelope.messageId, facts.messageId],
    ['inReplyTo', envelope.inReplyTo ?? null, facts.inReplyTo],
  ];
  const internalDate = Math.floor(known.internalDate.getTime() / 1000) * 1000;
  if (!target.datesByHeader) compared.push(['internalDate', message.internalDate?.getTime(), internalDate]);
  if (known.sent !== undefined) compared.push(['date', envelope.date?.getTime(), known.sent]);
  // Which of two subjects counts is up to the server.
  if (facts.subject !== null && facts.kind !== 'dup-headers') {
    const subject = envelope.subject ?? '';
    const wide = (text: string) => (target.unfoldsWide ? text.replace(/ +/g, ' ') : text);
    compared.push(['subject', wide(subject), wide(facts.subject)]);
  }
  const second = target.lastFieldCounts && facts.kind === 'dup-headers';
  if (second) compared.push(['from', from.address, 'second@example.org']);
  else if (facts.fromAddress !== null) compared.push(['from', from.address, facts.fromAddress]);
  if (!second && facts.fromName !== null) compared.push(['name', from.name, facts.fromName]);
  if (facts.attachments.length > 0) {
    compared.push(['files', fileNames(message.bodyStructure).sort().join(), [...facts.attachments].sort().join()]);
  }
  return compared
    .filter(([, value, wanted]) => value !== wanted)
    .map(([what, value, wanted]) => `${facts.index} (${facts.kind}) ${what}: ${String(value)} for ${String(wanted)}`);
}

export const corpusOperations: Operations = (target) => {
  describe('a mailbox of 2,000 realistic messages', () => {
    it('is filled, fetched whole, and is what it was', { timeout: 120_000 }, async () => {
      await using client = await clientOf(target(), {}, 6);
      const mailbox = await freshMailbox(client, target());
      const known: Known[] = [];
      const total = (target().bulk ?? BULK).corpus;
      await client.append(mailbox.name, messages(total, known));
      expect(known).toHaveLength(total);
      const now = await current(client, target(), mailbox);
      const wrong: string[] = [];
      let count = 0;
      for await (const message of now.fetch('1:*', ITEMS)) {
        const facts = known[message.uid - 1];
        count++;
        if (facts === undefined) wrong.push(`UID ${message.uid}`);
        else wrong.push(...differences(message, facts, target()));
      }
      expect(count).toBe(total);
      expect(wrong).toEqual([]);
      const seen = known.flatMap(({ flags }, index) => (flags.includes('\\Seen') ? [index + 1] : []));
      expect(await now.search({ seen: true })).toEqual(target().dropsFlags ? [] : seen);
    });
  });
};
