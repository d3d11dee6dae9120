import type { Arguments } from './arguments.ts';
import type { LiteralAnnouncement } from './command-input.ts';
import type { Session } from './session.ts';

export type SessionState = 'not authenticated' | 'authenticated' | 'selected' | 'logout';

/** What the tagged OK says. */
export interface Completion {
  text: string;
  /** A response code without its brackets. */
  code?: string | undefined;
  /** What happens once the tagged OK is on its way: a TLS handshake, the end. */
  after?: () => void;
}

/** One command: a file under commands/, a row in commands/index.ts. */
export interface ServerCommand {
  /** Upper case; 'UID EXPUNGE' for what only exists with UID. */
  name: string;
  /** States in which it may be given: 'authenticated' includes 'selected'. */
  state: 'any' | 'not authenticated' | 'authenticated' | 'selected';
  /** A capability without which the command does not exist; of several, one is enough. */
  capability?: string | readonly string[];
  /** Also given as UID name. */
  withUid?: boolean;
  /**
   * What others did in the selected mailbox is told before its OK. As with Dovecot few commands do: a client that asks for
   * news with another one is to find out in its tests. 'no EXPUNGE': answers hold sequence numbers (RFC 3501 §7.4.1), but
   * with UID everything is told.
   */
  tells?: 'everything' | 'no EXPUNGE';
  /** The arguments stand before the space that follows the name. Throws a Refusal. */
  run(session: Session, args: Arguments, byUid: boolean): Completion | Promise<Completion>;
  /** Looks at what stands before a literal, so that the literal can be refused before its bytes come. */
  checkLiteral?(session: Session, args: Arguments, literal: LiteralAnnouncement, byUid: boolean): void;
}
