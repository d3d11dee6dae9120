import type { Message } from './message.ts';
import { messageIds } from './mime/message-ids.ts';

/**
 * THREADID (RFC 8474 §5.2): messages of an account that name each other by Message-ID, References or In-Reply-To belong
 * together. Found when first asked for; once given, the ID of a message stays.
 */
export class ThreadIds {
  /** By Message-ID. */
  readonly #byMessageId = new Map<string, number>();
  readonly #byContentId = new Map<number, number>();

  constructor(private readonly account: { mailboxes: Iterable<{ messages: readonly Message[] }> }) {}

  idOf(message: Message): string {
    return `T${this.numberOf(message).toString(36)}`;
  }

  /** The contentId of the first message of the thread that was looked at. */
  numberOf(message: Message): number {
    if (!this.#byContentId.has(message.contentId)) this.#index();
    return this.#byContentId.get(message.contentId) ?? this.#add(message);
  }

  /** In the order in which the messages came, so that an answer finds what it answers. */
  #index(): void {
    const unknown = new Map<number, Message>();
    for (const { messages } of this.account.mailboxes)
      for (const message of messages)
        if (!this.#byContentId.has(message.contentId)) unknown.set(message.contentId, message);
    for (const message of [...unknown.values()].sort((a, b) => a.contentId - b.contentId)) this.#add(message);
  }

  #add({ content, contentId }: Message): number {
    const { header } = content;
    const named = ['message-id', 'references', 'in-reply-to'].flatMap((name) => messageIds(header.get(name) ?? ''));
    const known = named.find((id) => this.#byMessageId.has(id));
    const thread = (known === undefined ? undefined : this.#byMessageId.get(known)) ?? contentId;
    this.#byContentId.set(contentId, thread);
    for (const id of named) if (!this.#byMessageId.has(id)) this.#byMessageId.set(id, thread);
    return thread;
  }
}
