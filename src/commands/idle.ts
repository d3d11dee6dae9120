import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';

const BEHAVIOUR: Behaviour = { mailbox: true, alone: true, endedBy: 'DONE' };

/** Who is told that the server idles. */
export interface Idler {
  begun(): void;
}

/**
 * IDLE (RFC 2177): lasts until another operation wants the connection, or its signal aborts; false where the server ended
 * it. A class, and not functions of its own for each: a process may have a thousand in flight.
 */
export class Idle implements Command<boolean> {
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

  finish(): boolean {
    return this.#endedHere;
  }
}
