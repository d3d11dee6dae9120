import type { ServerCommand } from '../command.ts';
import { bad } from '../refusal.ts';

/** ID (RFC 2971): at most 30 fields, names to 30 bytes, values to 1024. */
export const id: ServerCommand = {
  name: 'ID',
  state: 'any',
  capability: 'ID',
  run(session, args) {
    args.space();
    if (!args.isNil()) {
      let fields = 0;
      args.list(() => {
        if (args.string().length > 30) throw bad('ID field name too long');
        args.space();
        if ((args.nstring() ?? '').length > 1024) throw bad('ID value too long');
        if (++fields > 30) throw bad('Too many ID fields');
      });
    }
    args.end();
    session.untagged('ID ("name" "imapwire testing" "vendor" "imapwire")');
    return { text: 'ID completed' };
  },
};
