import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import type { MailboxState } from '../session/state.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import { writeFlags } from '../syntax/flag.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import { formatMessageSet, type MessageSet, type UidSet } from '../wire/sequence-set.ts';
import { requireSet, setBehaviour } from './copy.ts';

export interface StoreOptions {
  /** Only messages that have not changed since this mod-sequence (CONDSTORE, RFC 7162 §3.1.3). */
  unchangedSince?: bigint;
  /** The server is not to answer with the new flags. */
  silent?: boolean;
  /** X-GM-LABELS instead of FLAGS. */
  gmailLabels?: boolean;
}

export interface StoreResult {
  /**
   * By UID, as far as the server tells: nothing after a silent STORE, and Dovecot tells only what has changed, once for
   * several STOREs that it was sent together.
   */
  flags: Map<number, ReadonlySet<string>>;
  /** Refused because they changed after `unchangedSince`. */
  modified?: UidSet;
  highestModseq?: bigint;
}

const BY_UID: Behaviour = { ...setBehaviour(true, ''), writesFlags: true };
const OF_SAVED: Behaviour = { ...setBehaviour(true, '$'), writesFlags: true };
const BY_SEQUENCE: Behaviour = { ...setBehaviour(false, ''), writesFlags: true, keepsSequenceNumbers: true };

/**
 * STORE, UID STORE (RFC 3501 §6.4.6). `unnamed` takes the flags by sequence number, where the answers name no UIDs, as those
 * to a STORE by sequence number, or wrong ones.
 */
export function store(
  mailbox: MailboxState,
  set: MessageSet,
  change: '+' | '-' | '',
  flags: readonly string[],
  { unchangedSince, silent = false, gmailLabels = false }: StoreOptions = {},
  unnamed?: Map<number, ReadonlySet<string>>,
): Command<StoreResult> {
  const { uid, text } = formatMessageSet(set);
  const matches = messageMatcher(text);
  const result: StoreResult = { flags: new Map() };
  return {
    name: uid ? 'UID STORE' : 'STORE',
    ...(gmailLabels ? { needs: 'X-GM-EXT-1' } : unchangedSince === undefined ? {} : { needs: 'CONDSTORE' }),
    behaviour: text === '$' ? OF_SAVED : uid ? BY_UID : BY_SEQUENCE,
    repeat: () =>
      uid && text !== '$' && unchangedSince === undefined
        ? store(mailbox, set, change, flags, { silent, gmailLabels })
        : undefined,
    write: (writer) => {
      writer.space().raw(requireSet(text));
      if (unchangedSince !== undefined) writer.raw(' (UNCHANGEDSINCE ').number(unchangedSince).raw(')');
      writer.raw(` ${change}${gmailLabels ? 'X-GM-LABELS' : 'FLAGS'}${silent ? '.SILENT' : ''} `);
      if (gmailLabels)
        writer.list(flags, (label) =>
          typeof label === 'string' && label.startsWith('\\')
            ? writer.raw('\\').atom(label.substring(1))
            : writer.mailbox(label),
        );
      else writeFlags(writer, flags);
    },
    fetch: (data: FetchData) => {
      if (!(uid && unnamed) && !matches(uid ? data.uid : (data.seq ?? 0), mailbox.exists)) return false;
      const now = gmailLabels ? data.gmailLabels : data.flags;
      if (now !== undefined && unnamed === undefined) result.flags.set(data.uid, now);
      else if (now !== undefined && data.seq !== undefined) unnamed?.set(data.seq, now);
      if (data.modseq !== undefined && (result.highestModseq ?? 0n) < data.modseq) result.highestModseq = data.modseq;
      return now !== undefined || data.modseq !== undefined;
    },
    finish: ({ code }) => {
      if (isCode(code, 'MODIFIED') && code.uids !== undefined) result.modified = code.uids;
      return result;
    },
  };
}
