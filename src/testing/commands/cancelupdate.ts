import type { ServerCommand } from '../command.ts';
import { bad } from '../refusal.ts';

/** CANCELUPDATE (RFC 5267 §4.3.5): searches that go on end, by the tags of their commands. */
export const cancelUpdate: ServerCommand = {
  name: 'CANCELUPDATE',
  state: 'selected',
  capability: ['CONTEXT=SEARCH', 'CONTEXT=SORT'],
  run(session, args) {
    const tags: string[] = [];
    do {
      args.space();
      tags.push(args.quoted());
    } while (!args.atEnd);
    for (const tag of tags) if (!session.view.contexts.delete(tag)) throw bad('No search with this tag goes on');
    return { text: 'CANCELUPDATE completed' };
  },
};
