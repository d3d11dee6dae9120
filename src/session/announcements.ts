import type { ImapError } from '../errors.ts';
import type { UntaggedResponse } from './command.ts';
import { Listeners } from './events.ts';
import type { Exchange } from './exchange.ts';
import type { ClientEvents } from './link.ts';
import { redact, redactBytes } from './redact.ts';

/** So many alerts are kept until somebody can be told. */
const MOST_ALERTS = 10;

/** What a client's listeners are told of: all that happens to a connection and answers no command. */
export class Announcements {
  readonly listeners = new Listeners<ClientEvents>();
  /** Alerts that came once authentication was over, and before there was a client to listen to. */
  #alerts: string[] | undefined;

  alert(text: string): void {
    this.listeners.emit('alert', { text });
  }

  keepAlert(text: string): void {
    this.#alerts ??= [];
    if (this.#alerts.length < MOST_ALERTS) this.#alerts.push(text);
  }

  tellAlerts(): void {
    if (!this.listeners.has('alert')) return;
    for (const text of this.#alerts?.splice(0) ?? []) this.listeners.emit('alert', { text });
  }

  /** Without the secrets of this exchange. */
  unknown(response: UntaggedResponse, exchange: Exchange): void {
    if (!this.listeners.has('unknown')) return;
    const { secrets } = exchange;
    const text = redact(response.text, secrets);
    const literals = response.literals.map((bytes) => redactBytes(bytes, secrets));
    this.listeners.emit('unknown', { ...response, text, literals });
  }

  closed(error: ImapError): void {
    this.listeners.emit('close', error.code === 'CLOSED' ? {} : { error });
  }
}
