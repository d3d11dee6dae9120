import type { Input } from './input.ts';
import { Refusal } from './refusal.ts';

/** A command as it came: text, literal, text, literal, … text. There is always one line more than there are literals. */
export interface RawCommand {
  /** Without line ends and without the literals' announcements; one character a byte. */
  lines: string[];
  literals: Buffer[];
  /** For each literal: announced as `~{n}` (RFC 3516). */
  binary: boolean[];
}

/** What a command announces before the bytes of a literal come. */
export interface LiteralAnnouncement {
  size: number;
  /** `{n+}`: the bytes come without waiting. */
  nonSynchronizing: boolean;
  binary: boolean;
}

export interface LiteralPolicy {
  /** Throws a Refusal for a literal that this server, or this command, will not take. */
  check(command: RawCommand, literal: LiteralAnnouncement): void;
  /** Sends the continuation request. */
  invite(): void;
  log(text: string): void;
}

/** literal = ["~"] "{" number64 ["+"] "}" CRLF *CHAR8 (RFC 3501 §9, RFC 3516, RFC 7888) */
const ANNOUNCEMENT = /(~?)\{(\d{1,19})(\+?)\}$/;

/**
 * Reads one command with its literals. A refused one comes with its refusal; what it was about to send without being
 * asked has then been read and dropped, so that the next line is a command again.
 */
export async function readCommand(
  input: Input,
  policy: LiteralPolicy,
): Promise<{ command: RawCommand; refusal?: Refusal }> {
  const command: RawCommand = { lines: [], literals: [], binary: [] };
  let refusal: Refusal | undefined;
  for (;;) {
    const line = (await input.line()).toString('latin1');
    policy.log(line);
    const match = line.endsWith('}') ? ANNOUNCEMENT.exec(line) : null;
    if (!match) {
      command.lines.push(line);
      return refusal ? { command, refusal } : { command };
    }
    command.lines.push(line.slice(0, match.index));
    const literal = { size: Number(match[2]), nonSynchronizing: match[3] === '+', binary: match[1] === '~' };
    refusal ??= check(policy, command, literal);
    if (refusal && !literal.nonSynchronizing) return { command, refusal };
    if (!literal.nonSynchronizing) policy.invite();
    if (refusal) {
      await input.skip(literal.size);
    } else {
      const content = await input.bytes(literal.size);
      command.literals.push(content);
      command.binary.push(literal.binary);
    }
  }
}

function check(policy: LiteralPolicy, command: RawCommand, literal: LiteralAnnouncement): Refusal | undefined {
  try {
    policy.check(command, literal);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
