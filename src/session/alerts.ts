import type { Listeners } from './events.ts';
import type { ClientEvents } from './link.ts';

/** So many are kept until somebody can be told. */
const MOST_ALERTS = 10;

/** Alerts (RFC 3501 §7.1) that came once authentication was over, and before there was a client to listen to. */
export class Alerts {
  #texts: string[] | undefined;

  keep(text: string): void {
    this.#texts ??= [];
    if (this.#texts.length < MOST_ALERTS) this.#texts.push(text);
  }

  tell(listeners: Listeners<ClientEvents> | undefined): void {
    if (!listeners?.has('alert')) return;
    for (const text of this.#texts?.splice(0) ?? []) listeners.emit('alert', { text });
  }
}
