import { CommandError } from '../errors.ts';
import type { Command } from '../session/command.ts';

/** How far the EXPUNGE of a deletion came. */
export class Removal {
  /** What was told as expunged, by UID where that is known. */
  readonly #told: (number | undefined)[] = [];
  /** So many commands were sent and not refused. */
  #sent = 0;
  #answered = false;

  /** How many were told as expunged. */
  get count(): number {
    return this.#told.length;
  }

  tell(uid: number | undefined): void {
    this.#told.push(uid);
  }

  /** What was told so far was none of its own. */
  forget(): void {
    this.#told.length = 0;
  }

  /** An EXPUNGE of this deletion; `started` is called as it is sent. */
  following(expunge: Command<void>, started?: () => void): Command<void> {
    return {
      ...expunge,
      started: () => {
        started?.();
        this.#sent++;
      },
      abandoned: (error) => {
        if (error instanceof CommandError) this.#sent--;
      },
      finish: () => {
        this.#answered = true;
      },
    };
  }

  /** Whether these messages are what was told as expunged. */
  names(uids: readonly number[]): boolean {
    const named = new Set(this.#told);
    if (uids.every((uid) => named.has(uid))) return true;
    // Told by number alone, and as many: they are these. If there were more, others would be among them, which the
    // numbers do not tell apart.
    return this.#told.length === uids.length && this.#told.every((uid) => uid === undefined);
  }

  /** The server has answered OK, and told that these are gone. */
  hasTaken(uids: readonly number[]): boolean {
    return this.#answered && this.names(uids);
  }

  /** What is known, after this failure, of messages that were to go behind their copies. */
  stateAfter(error: unknown): string {
    if (this.#sent > 0) return 'stored, and perhaps not removed where it was';
    const refused = error instanceof CommandError ? ', which the server refused' : '';
    return `stored, and not removed where it was${refused}`;
  }
}
