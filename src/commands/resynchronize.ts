import type { Command } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { ConnectionState } from '../session/state.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import { readVanished } from '../syntax/vanished.ts';
import { type UidSet, UidSetBuilder } from '../wire/uid-set.ts';
import { select } from './select.ts';
import { ToldFlags } from './told-flags.ts';

/** What has changed in a mailbox since a mod-sequence. */
export class Changes {
  /** The highest mod-sequence of these messages. */
  modseq = 0n;
  readonly #told = new ToldFlags();
  readonly #vanished = new UidSetBuilder();

  /** Flags of messages that arrived or changed. */
  get flags(): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#told.byMessage;
  }

  /** Expunged, as far as the server remembers: among them may be UIDs that nobody knew. */
  vanished(): UidSet {
    return this.#vanished.build();
  }

  vanish(uids: UidSet): void {
    this.#vanished.addSet(uids);
  }

  /** What this command's answer tells of a message. */
  take(
    command: string,
    { uid, flags, modseq = 0n }: { uid: number; flags?: ReadonlySet<string>; modseq?: bigint },
  ): boolean {
    if (uid === 0 || flags === undefined) return false;
    this.#told.keep(command, uid, flags);
    if (modseq > this.modseq) this.modseq = modseq;
    return true;
  }

  /** The VANISHED responses of a command that asks for them. */
  readonly untagged: NonNullable<Command<void>['untagged']> = {
    VANISHED: (reader) => {
      this.vanish(readVanished(reader).uids);
      return true;
    },
  };
}

/** SELECT or EXAMINE with the QRESYNC parameter, which must be enabled (RFC 7162 §3.2.5): selects, and tells what has changed. */
export function resynchronize(
  mailbox: MailboxState,
  connection: ConnectionState,
  since: { uidValidity: number; modseq: bigint },
  changes: Changes,
): Command<void> {
  const selecting = select(mailbox, connection);
  const isOwn = () => connection.told === mailbox;
  return {
    ...selecting,
    needs: 'QRESYNC',
    leavesOut: false,
    // What another command brings of the mailbox that is left would be taken for a change in this one.
    behaviour: { selects: true, alone: true },
    write: (writer) => {
      writer.space().mailbox(mailbox.name);
      writer.raw(' (QRESYNC (').number(since.uidValidity, 1).space().number(since.modseq, 1).raw('))');
    },
    repeat: () => resynchronize(mailbox, connection, since, changes),
    untagged: { VANISHED: (reader, ...rest) => isOwn() && changes.untagged.VANISHED?.(reader, ...rest) },
    fetch: (data: FetchData) => isOwn() && changes.take(selecting.name, data),
  };
}
