import type { Mailbox } from './mailbox.ts';

/** What happens in an account, as NOTIFY tells it (RFC 5465 §5). */
export type AccountEvent =
  /** Messages came, went (or all have other UIDs now), or have other flags. */
  | { type: 'new' | 'gone' | 'flags'; mailbox: Mailbox }
  /** A mailbox was made, renamed or deleted. */
  | { type: 'name'; name: string; oldName?: string }
  | { type: 'subscription'; name: string }
  /** Of a mailbox, or of the server (''). */
  | { type: 'metadata'; name: string; entries: string[] };

export type Tell = (event: AccountEvent) => void;

/** Names that are subscribed, each change being told. */
export class Subscriptions extends Set<string> {
  // Set's constructor adds nothing, but runs before there is anybody to tell.
  readonly #tell: Tell | undefined;

  constructor(tell: Tell) {
    super();
    this.#tell = tell;
  }

  override add(name: string): this {
    const isNew = !this.has(name);
    super.add(name);
    if (isNew) this.#tell?.({ type: 'subscription', name });
    return this;
  }

  override delete(name: string): boolean {
    const deleted = super.delete(name);
    if (deleted) this.#tell?.({ type: 'subscription', name });
    return deleted;
  }
}
