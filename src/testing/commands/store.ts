import type { ServerCommand } from '../command.ts';
import { bad, no } from '../refusal.ts';
import { reportFlagNames, writeFlags } from '../report.ts';

/** STORE (RFC 3501 §6.4.6) */
export const store: ServerCommand = {
  name: 'STORE',
  state: 'selected',
  withUid: true,
  keepsNumbers: true,
  run(session, args, byUid) {
    args.space();
    const set = args.set();
    args.space();
    const [, sign, silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(args.match(/[^ ]+/y) ?? '') ?? [];
    if (sign === undefined) throw bad('Unknown STORE item');
    args.space();
    const flags = args.peek() === '(' ? args.list(() => args.flag()) : [args.flag()];
    if (args.peek() === ' ') while (args.take(' ')) flags.push(args.flag());
    args.end();

    const view = session.writableView;
    const names = view.mailbox.flagNames.set(flags);
    reportFlagNames(session, view);
    let gone = false;
    for (const message of view.select(set, byUid)) {
      gone ||= message.expunged;
      if (message.expunged) continue;
      view.mailbox.setFlags(message, changed(message.flags, sign, names), view);
      if (silent) continue;
      view.forgetFlagChange(message);
      writeFlags(session, view, message, byUid);
    }
    if (gone && !byUid) throw no('Some of the messages no longer exist', 'EXPUNGEISSUED');
    return { text: 'STORE completed' };
  },
};

function changed(present: ReadonlySet<string>, sign: string, names: Set<string>): Set<string> {
  if (sign === '') return names;
  if (sign === '+') return new Set([...present, ...names]);
  return new Set([...present].filter((flag) => !names.has(flag)));
}
