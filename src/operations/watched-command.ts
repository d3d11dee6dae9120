import { type Command, withParts } from '../session/command.ts';
import type { StatusResponse } from '../syntax/response.ts';

/** What looks at a command's answer. */
interface Watch extends Pick<Command<unknown>, 'started' | 'code' | 'untagged'> {
  /** Before the command's own, with the tagged OK. What it throws is the outcome. */
  finish(tagged: StatusResponse): void;
}

/** The command, its answer looked at by what `watch` makes for each time that it is run. */
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
