import { CommandError } from '../errors.ts';
import { type Command, withParts } from '../session/command.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { unselectMailbox } from './unselect-mailbox.ts';

/**
 * Runs a command while none of the mailboxes is selected that it concerns: the selected one is left before it. Both are
 * called for at once, so that a watch does not have the mailbox selected again in between.
 */
export async function runOutside<Result>(
  session: Link,
  command: Command<Result>,
  options: OperationOptions,
  concerned: (selected: string) => boolean = () => true,
): Promise<Result> {
  const { state } = session;
  const inside = () => (state.selected !== undefined && concerned(state.selected.name) ? state.selected : undefined);
  let isSent = false;
  for (;;) {
    const mailbox = inside();
    const failed = mailbox && unselectMailbox(session, mailbox, options).then(undefined, (error: unknown) => error);
    const outside = withParts<Result>(command, {
      // Not before the answer to what leaves the mailbox.
      behaviour: mailbox === undefined ? command.behaviour : { ...command.behaviour, alone: true },
      // An operation that was called for earlier may have had a mailbox selected.
      get unsent() {
        return inside() !== undefined;
      },
      started: () => {
        isSent = true;
        command.started?.();
      },
    });
    const result = await session.run(outside, options);
    if (isSent) return result;
    const error = await failed;
    if (error instanceof CommandError) throw error;
  }
}
