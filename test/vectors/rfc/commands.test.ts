/**
 * The client's lines in the RFCs' examples (in commands/), beside what the commands for the same write, both without their
 * tags. Where both differ, on purpose:
 *
 * - Messages are named by UID wherever they can be: UID SEARCH, UID SORT and UID THREAD for SEARCH, SORT and THREAD, and
 *   the set `$` is one of UIDs.
 * - Mailboxes and all other strings are quoted, whether they need it or not; literals are for what can not be quoted.
 * - A FETCH asks for a list of items in a fixed order, UID among them, for no macro, and for BODYSTRUCTURE instead of BODY;
 *   sets ascend; flags stand in parentheses.
 * - What NOT and OR are said of stands in parentheses.
 * - Search keys, STATUS items, options and modifiers stand in a fixed order; dates are `1-Feb-1994`; RETURN says ALL, also
 *   where a server that has ESEARCH would take nothing for it; texts to search for are UTF-8.
 * - Commands, and the names of capabilities and of header fields, are in upper case.
 */
import { describe, expect, it } from 'vitest';
import { append } from '../../../src/commands/append.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { CONTINUATION, Writer } from '../../../src/wire/writer.ts';
import { clientLines } from './commands/all.ts';
import { written } from './commands/row.ts';

describe.each(Object.entries(clientLines))('RFC %s', (_, { rows }) => {
  it.each(rows)('%s', (theirs, command, ours = theirs) => {
    expect(written(command)).toBe(ours);
  });

  it('has no line that is written otherwise for no reason', () => {
    for (const [theirs, , ours] of rows) expect(ours).not.toBe(theirs);
  });
});

it('waits for the continuation of a literal', () => {
  const writer = new Writer();
  append('saved-messages', { content: 'x' }, Capabilities.none).write?.(writer);
  expect(writer.end()).toContain(CONTINUATION);
});
