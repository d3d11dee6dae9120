import { type Command, withParts } from '../session/command.ts';
import type { StatusResponse } from '../syntax/response.ts';

/** What observes the answer to a command. */
interface Watch extends Pick<Command<unknown>, 'started' | 'code' | 'untagged'> {
  /** Before the command's own, with the tagged OK. What it throws is the outcome. */
  finish(tagged: StatusResponse): void;
}

/** The command with its answer observed, by what `watch` makes anew each time that the command is run. */
export function watchedCommand<Result>(
  command: Command<Result>,
  watch: (command: Command<Result>) => Watch,
): Command<Result> {
  const { finish, ...others } = watch(command);
  // What it has gathered stands in `watched`.
  const watched: Command<Result> = withParts(command, {
    ...others,
    finish: (tagged) => {
      finish(tagged);
      return command.finish.call(watched, tagged);
    },
    repeat: () => {
      const again = command.repeat?.call(watched);
      return again && watchedCommand(again, watch);
    },
  });
  return watched;
}
