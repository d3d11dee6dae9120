/**
 * X-GM-EXT-1 (developers.google.com/workspace/gmail/imap/imap-extensions): a label is a mailbox that holds the message, as
 * in Gmail; `\Starred` is the flag \Flagged.
 */
import type { Arguments } from './arguments.ts';
import { mailboxName } from './dialect.ts';
import { string } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import { canonicalName, nameFromWire } from './mailbox-name.ts';
import type { Message } from './message.ts';
import type { Collate } from './order/collation.ts';
import { exactly, textScore } from './search-text.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

const STARRED = '\\Starred';

/** Labels that Gmail names itself, by the special use of their mailboxes; mailboxes of other uses are no labels. */
const SYSTEM_LABELS: Readonly<Record<string, string>> = {
  '\\Sent': '\\Sent',
  '\\Drafts': '\\Draft',
  '\\Trash': '\\Trash',
  '\\Junk': '\\Spam',
  '\\Important': '\\Important',
};
const KNOWN = ['\\Inbox', STARRED, ...Object.values(SYSTEM_LABELS)];

function labelOf({ name, specialUse }: Mailbox): string | undefined {
  if (name === 'INBOX') return '\\Inbox';
  return specialUse === undefined ? name : SYSTEM_LABELS[specialUse];
}

/** Of a message: the label of the selected mailbox goes without saying. */
function labelsOf(session: Session, view: View, message: Message): string[] {
  const labels = message.flags.has('\\Flagged') ? [STARRED] : [];
  for (const mailbox of session.mail.mailboxes) {
    const label = labelOf(mailbox);
    if (label !== undefined && mailbox !== view.mailbox && mailbox.holds(message.contentId)) labels.push(label);
  }
  return labels;
}

/** X-GM-LABELS of FETCH: system labels as quoted strings, others as mailbox names are written. */
export function labelsItem(session: Session, view: View, message: Message): string {
  const labels = labelsOf(session, view, message);
  const written = labels.map((label) => (label.startsWith('\\') ? string(label) : mailboxName(session, label)));
  return `X-GM-LABELS (${written.join(' ')})`;
}

/** label = "\" atom / astring; one that begins with no backslash is a mailbox name. */
export function parseLabel(args: Arguments): string {
  const text = args.take('\\') ? `\\${args.atom()}` : args.astring();
  if (!text.startsWith('\\')) return canonicalName(nameFromWire(text));
  return KNOWN.find((label) => label.toLowerCase() === text.toLowerCase()) ?? text;
}

export function hasLabel(session: Session, view: View, message: Message, label: string): boolean {
  const all = [labelOf(view.mailbox), ...labelsOf(session, view, message)];
  return all.some((one) => one?.toLowerCase() === label.toLowerCase());
}

/** STORE X-GM-LABELS: the message comes into mailboxes and leaves them. Labels that are new become mailboxes. */
export function changeLabels(session: Session, view: View, message: Message, sign: string, labels: string[]): void {
  const present = labelsOf(session, view, message);
  const removed = present.filter((label) => sign !== '+' && labels.includes(label) === (sign === '-'));
  const added = sign === '-' ? [] : labels.filter((label) => !present.includes(label));
  for (const label of added) addLabel(session, view, message, label);
  for (const label of removed) removeLabel(session, view, message, label);
}

function addLabel(session: Session, view: View, message: Message, label: string): void {
  if (label === STARRED) view.mailbox.setFlags(message, [...message.flags, '\\Flagged']);
  const mailbox = mailboxOf(session, label) ?? (label.startsWith('\\') ? undefined : session.mail.create(label));
  if (mailbox && mailbox !== view.mailbox) mailbox.addAll([message]);
}

function removeLabel(session: Session, view: View, message: Message, label: string): void {
  if (label === STARRED) {
    view.mailbox.setFlags(
      message,
      [...message.flags].filter((flag) => flag !== '\\Flagged'),
    );
  }
  const mailbox = mailboxOf(session, label);
  mailbox?.remove(mailbox.messages.filter(({ contentId }) => contentId === message.contentId));
}

function mailboxOf(session: Session, label: string): Mailbox | undefined {
  for (const mailbox of session.mail.mailboxes) if (labelOf(mailbox) === label) return mailbox;
  return undefined;
}

/** X-GM-RAW, as far as this server knows Gmail's language: each word, or phrase in quotation marks, is in the text. */
export function rawContains({ content }: Message, text: string, collate: Collate): boolean {
  const words = [...text.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
  return words.every((word) => textScore(content, exactly(word, collate)) > 0);
}
