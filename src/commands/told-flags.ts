import { ProtocolError } from '../errors.ts';
import { MOST_FOUND } from './search.ts';

/** Keeps the flags of a message, as the command's answer tells them. A server that tells of more messages than any mailbox holds is stopped. */
export function keepFlags(
  command: string,
  kept: Map<number, ReadonlySet<string>>,
  message: number,
  flags: ReadonlySet<string>,
): void {
  if (kept.size >= MOST_FOUND) {
    throw new ProtocolError(
      'LIMIT_RESPONSES',
      `${command}: the server told the flags of ${MOST_FOUND} messages and more`,
    );
  }
  kept.set(message, flags);
}
