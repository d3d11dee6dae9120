import type { Arguments } from '../arguments.ts';
import type { Completion, ServerCommand } from '../command.ts';
import { numberSet } from '../format.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Message } from '../message.ts';
import { requireWithinLimit, SAVING } from '../message-limit.ts';
import { requireRoom } from '../quota.ts';
import { no } from '../refusal.ts';
import { maySet } from '../rights.ts';
import type { Session } from '../session.ts';
import { GONE, type View } from '../view.ts';

/** COPY (RFC 3501 §6.4.7) */
export const copy: ServerCommand = {
  name: 'COPY',
  state: 'selected',
  withUid: true,
  tells: 'everything',
  run(session, args, byUid): Completion {
    const { messages, target } = parseTransfer(session, session.view, args, byUid);
    requireWithinLimit(session, messages.length, SAVING);
    requireRoom(session, { messages: messages.length, bytes: bytesOf(messages) });
    return { text: 'COPY completed', code: transfer(session, messages, target) };
  },
};

function bytesOf(messages: Message[]): number {
  return messages.reduce((sum, { content }) => sum + content.raw.length, 0);
}

/** SP sequence-set SP mailbox. All or nothing: a message that another session has expunged stops the whole, as with Dovecot. */
export function parseTransfer(
  session: Session,
  view: View,
  args: Arguments,
  byUid: boolean,
): { messages: Message[]; target: Mailbox } {
  args.space();
  const set = args.set();
  args.space();
  const name = args.mailbox();
  args.end();
  const messages = view.select(set, byUid);
  const target = session.mailbox(name, 'TRYCREATE', 'i');
  if (messages.some(({ expunged }) => expunged)) throw no(GONE.text, GONE.code);
  return { messages, target };
}

/** Copies, and gives the COPYUID response code (RFC 4315 §3). */
export function transfer(session: Session, messages: Message[], target: Mailbox): string | undefined {
  const may = maySet(session, target);
  const copies = target.addAll(
    messages.map((message) => ({ ...message, flags: new Set([...message.flags].filter(may)) })),
  );
  if (copies.length === 0 || !session.offers('UIDPLUS')) return undefined;
  return `COPYUID ${target.uidValidity} ${uidSet(messages)} ${uidSet(copies)}`;
}

function uidSet(messages: Message[]): string {
  return numberSet(messages.map(({ uid }) => uid));
}
