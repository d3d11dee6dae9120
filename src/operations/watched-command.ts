import type { Command } from '../session/command.ts';
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
  const watched: Command<Result> = Object.create(command);
  return Object.assign(watched, {
    ...others,
    finish: (tagged: StatusResponse) => {
      finish(tagged);
      // What it has gathered stands in `watched`.
      return command.finish.call(watched, tagged);
    },
    repeat: () => {
      const again = command.repeat?.();
      return again && watchedCommand(again, watch);
    },
  });
}
