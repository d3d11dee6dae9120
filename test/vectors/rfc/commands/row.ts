import { type FetchModifiers, fetch } from '../../../../src/commands/fetch.ts';
import { type ListCommand, list } from '../../../../src/commands/list.ts';
import { type SearchReturnOptions, searchReturn } from '../../../../src/commands/search-return.ts';
import type { Command } from '../../../../src/session/command.ts';
import { MailboxState } from '../../../../src/session/mailbox-state.ts';
import { ConnectionState } from '../../../../src/session/state.ts';
import { type FetchItems, fetchRequest } from '../../../../src/syntax/fetch-items.ts';
import type { SearchQuery } from '../../../../src/syntax/search-key.ts';
import type { MessageSet } from '../../../../src/wire/sequence-set.ts';
import { Writer } from '../../../../src/wire/writer.ts';

/** The RFC's line, the command, and what is written where it is not that very line. */
export type Row = [theirs: string, command: Command<unknown>, ours?: string];

/** The client's lines in one RFC's examples, a line that stands there several times once. */
export interface ClientLines {
  rows: Row[];
  /** What no command of ours is for, and why. */
  unsent?: [theirs: string, why: string][];
}

function connection(...capabilities: string[]): ConnectionState {
  const state = new ConnectionState();
  state.setCapabilities(capabilities);
  return state;
}

export const plain = connection('IMAP4rev1');
export const extended = connection('IMAP4rev1', 'ESEARCH', 'CONDSTORE', 'QRESYNC', 'ESORT', 'PARTIAL');
export const inbox = new MailboxState('INBOX', false);

export function mailbox(name: string, examine = false): MailboxState {
  return new MailboxState(name, examine);
}

export function fetched(set: MessageSet, items: FetchItems, modifiers?: FetchModifiers): Command<void> {
  return fetch(inbox, set, fetchRequest(items, extended.capabilities), () => {}, modifiers);
}

export function listed(options: ListCommand): Command<unknown> {
  return list(options, plain);
}

/** A search with RETURN. */
export function returned(query: SearchQuery, options: SearchReturnOptions): Command<unknown> {
  return searchReturn(query, options, extended);
}

/** What a command writes, a literal's bytes left out. */
export function written(command: Command<unknown>): string {
  const writer = new Writer();
  writer.raw(command.name);
  command.write?.(writer);
  const parts = writer.end().filter((part) => typeof part === 'string');
  return parts.join('').replace(/\r\n$/, '');
}
