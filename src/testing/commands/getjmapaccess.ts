import type { ServerCommand } from '../command.ts';
import { string } from '../format.ts';
import { no } from '../refusal.ts';

/** GETJMAPACCESS (RFC 9698) */
export const getJmapAccess: ServerCommand = {
  name: 'GETJMAPACCESS',
  state: 'authenticated',
  capability: 'JMAPACCESS',
  run(session, args) {
    args.end();
    const { jmap } = session.context;
    if (jmap === undefined) throw no('The same mail is not to be had by JMAP');
    session.untagged(`JMAPACCESS ${string(jmap)}`);
    return { text: 'GETJMAPACCESS completed' };
  },
};
