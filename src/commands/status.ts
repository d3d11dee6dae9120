import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import type { ConnectionState } from '../session/state.ts';
import {
  hasExactly,
  type MailboxStatus,
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../syntax/status-item.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';

/** STATUS (RFC 3501 §6.3.10) */
export function status(
  name: string,
  items: readonly StatusItem[],
  connection: Pick<ConnectionState, 'utf8' | 'notified'>,
): Command<MailboxStatus> {
  return new Status(name, items, connection);
}

/** A class: see Store. */
class Status implements Command<MailboxStatus> {
  readonly name = 'STATUS';
  readonly behaviour = BESIDE_ALL;
  readonly leavesOut = true;
  private result: MailboxStatus | undefined = undefined;
  /** What may be the answer, or news of the mailbox. */
  private news: MailboxStatus | undefined = undefined;
  // Made when the first answer comes.
  private readers: Command<MailboxStatus>['untagged'];

  constructor(
    private readonly mailbox: string,
    private readonly items: readonly StatusItem[],
    private readonly connection: Pick<ConnectionState, 'utf8' | 'notified'>,
  ) {}

  repeat(): Command<MailboxStatus> {
    return status(this.mailbox, this.items, this.connection);
  }

  get about(): string {
    return this.mailbox;
  }

  write(writer: Writer): void {
    writer.space().mailbox(this.mailbox).space();
    writeStatusItems(writer, this.items);
  }

  get untagged(): Command<MailboxStatus>['untagged'] {
    this.readers ??= { STATUS: (reader) => this.read(reader) };
    return this.readers;
  }

  private read(reader: Reader): boolean {
    if (!sameMailbox(readStatusMailbox(reader, this.connection.utf8), this.mailbox)) return false;
    const told = readStatusItems(reader);
    const asked = this.items.filter((item) => item in told);
    // Of two in flight each is answered for itself: what this one has already, or has not asked for, is the other's too.
    if (asked.length === 0 && Object.keys(told).length > 0) return false;
    // What NOTIFY tells (RFC 5465 §5) is for who listens, too.
    if (this.connection.notified && !hasExactly(told, this.items)) {
      this.news = { ...this.news, ...told };
      return false;
    }
    const before = this.result;
    if (before === undefined) {
      this.result = told;
      return true;
    }
    this.result = { ...before, ...Object.fromEntries(asked.map((item) => [item, told[item]])) };
    return asked.some((item) => !(item in before));
  }

  finish(): MailboxStatus {
    return this.result ?? this.news ?? {};
  }
}

const BESIDE_ALL: Behaviour = {};
