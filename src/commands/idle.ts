import type { ResponseCode } from '../errors.ts';
import type { LastingCommand } from '../session/lasting-command.ts';
import type { Behaviour } from '../session/pipeline.ts';

const BEHAVIOUR: Behaviour = { mailbox: true, alone: true, endedBy: 'DONE' };

/** Who idles. */
export interface Idler {
  /** The server idles. */
  begun(): void;
  /** The server has closed the mailbox (RFC 9051 §3): it tells nothing more of it. */
  closed?(): void;
  /** See LastingCommand: the value is false where the server ended it. */
  done?(outcome: { value: boolean } | { error: unknown }): void;
}

/**
 * IDLE (RFC 2177): lasts until another operation wants the connection, or its signal aborts; false where the server ended
 * it. A class, and not functions of its own for each: a process may have a thousand in flight.
 */
export class Idle implements LastingCommand<boolean> {
  readonly #idler: Idler;
  #endedHere = false;

  constructor(idler: Idler) {
    this.#idler = idler;
  }

  get name(): string {
    return 'IDLE';
  }

  get needs(): string {
    return 'IDLE';
  }

  get behaviour(): Behaviour {
    return BEHAVIOUR;
  }

  repeat(): Idle {
    return new Idle(this.#idler);
  }

  ending(): void {
    this.#endedHere = true;
  }

  continuation(): undefined {
    this.#idler.begun();
  }

  code({ name }: ResponseCode): boolean {
    if (name === 'CLOSED') this.#idler.closed?.();
    return false;
  }

  finish(): boolean {
    return this.#endedHere;
  }

  done(outcome: { value: boolean } | { error: unknown }): void {
    this.#idler.done?.(outcome);
  }
}
