import { describe, expect, it } from 'vitest';
import { MailboxHandle } from '../../../src/mailbox-handle.ts';
import { notifications } from '../../../src/operations/notify.ts';
import { Listeners } from '../../../src/session/events.ts';
import { Dialogue, tagsIn } from '../session/dialogue.ts';

/** Answers whatever is sent until nothing more comes: all that was sent. */
async function answer(dialogue: Dialogue, untagged: Record<string, (tag: string) => string[]> = {}): Promise<string> {
  let all = '';
  for (let sent = await dialogue.turn(); sent !== ''; sent = await dialogue.turn()) {
    all += sent;
    if (/ IDLE\r\n/.test(sent)) dialogue.lines('+ idling');
    for (const [, tag = '', text = ''] of sent.matchAll(/(?<=^|\r\n)(A\d+) ([^\r]*)/g)) {
      const lines = Object.entries(untagged).find(([start]) => text.startsWith(start))?.[1](tag) ?? [];
      if (text !== 'IDLE') dialogue.lines(...lines, `${tag} OK done`);
    }
  }
  return all;
}

async function open(capabilities: string) {
  const { dialogue, mailbox } = await Dialogue.selected(2, capabilities);
  const opening = MailboxHandle.open(dialogue.session, mailbox, new Listeners(), {});
  await answer(dialogue);
  return { dialogue, mailbox, handle: await opening };
}

/** Has another command wait while these lines come, and answers it: all that is sent then. */
async function flood(dialogue: Dialogue, lines: string[]): Promise<string> {
  const other = dialogue.run({ name: 'NOOP', behaviour: {}, finish: () => undefined });
  const [tag] = tagsIn(await dialogue.turn());
  dialogue.lines(...lines);
  dialogue.lines(`${tag} OK done`);
  const sent = await answer(dialogue);
  await other.promise;
  return sent;
}

async function failure(iterator: AsyncIterator<unknown>): Promise<unknown> {
  try {
    while (!(await iterator.next()).done);
  } catch (error) {
    return error;
  }
  return undefined;
}

const SLOW = { name: 'ImapError', code: 'SLOW_CONSUMER' };

describe('what goes on by itself, and was too slowly read,', () => {
  it('is no notification any more: the server is told', async () => {
    const dialogue = Dialogue.ready('NOTIFY');
    const groups = [{ scope: 'personal', events: ['mailboxName'] }] as const;
    const iterator = notifications(dialogue.session, groups, {}, () => () => {})[Symbol.asyncIterator]();
    const first = iterator.next();
    await answer(dialogue);
    const lines = Array.from({ length: 30 }, (_, at) => `* STATUS "box ${at}" (MESSAGES ${at})`);
    expect(await flood(dialogue, lines)).toMatch(/^A\d+ NOTIFY SET \(selected-delayed /);
    expect((await first).value).toMatchObject({ mailbox: 'box 0' });
    expect(await failure(iterator)).toMatchObject(SLOW);
  });

  it('is no search any more: the server is told', async () => {
    const { dialogue, handle } = await open('ESEARCH CONTEXT=SEARCH');
    const iterator = handle.searchUpdates({ seen: true })[Symbol.asyncIterator]();
    const first = iterator.next();
    let search = '';
    await answer(dialogue, {
      'UID SEARCH': (tag) => {
        search = tag;
        return [`* ESEARCH (TAG "${tag}") UID ALL 1`];
      },
    });
    const lines = Array.from({ length: 60 }, (_, at) => `* ESEARCH (TAG "${search}") UID ADDTO (0 ${at + 2})`);
    expect(await flood(dialogue, lines)).toMatch(new RegExp(`^A\\d+ CANCELUPDATE "${search}"\r\n$`));
    expect((await first).value).toEqual({ type: 'found', uids: [1] });
    expect(await failure(iterator)).toMatchObject(SLOW);
  });

  it('is no watch any more: it neither idles nor listens', async () => {
    const { dialogue, mailbox, handle } = await open('IDLE');
    const iterator = handle.watch()[Symbol.asyncIterator]();
    const first = iterator.next();
    const begun = await answer(dialogue, {
      'UID SEARCH': () => ['* SEARCH 1 2'],
      'UID FETCH': () => ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 2 FLAGS ())'],
    });
    expect(begun).toMatch(/IDLE\r\n$/);
    const ended = dialogue.run({ name: 'NOOP', behaviour: {}, finish: () => undefined });
    const idle = tagsIn(begun).at(-1);
    expect(await dialogue.turn()).toBe('DONE\r\n');
    dialogue.lines(`${idle} OK ended`);
    const [tag] = tagsIn(await dialogue.turn());
    const flags = ['', '\\Seen'];
    dialogue.lines(...Array.from({ length: 60 }, (_, at) => `* 1 FETCH (UID 1 FLAGS (${flags[at % 2]}))`));
    dialogue.lines(`${tag} OK done`);
    await ended.promise;
    expect(await answer(dialogue)).toBe('');
    expect((await first).value).toMatchObject({ type: 'flags', uid: 1 });
    expect(await failure(iterator)).toMatchObject(SLOW);
    expect(mailbox.listeners.has('flags')).toBe(false);
  });
});

it('a download whose bytes come one by one makes the server wait: each takes more room than a byte', async () => {
  const { dialogue, handle } = await open('');
  const downloading = handle.download(1);
  await dialogue.turn();
  dialogue.receive('* 1 FETCH (UID 1 BODY[] {500}\r\n');
  const { content } = await downloading;
  for (let n = 0; n < 20; n++) dialogue.receive('x');
  expect(dialogue.transport.paused).toBe(true);
  await content[Symbol.asyncIterator]().return?.();
  expect(dialogue.transport.paused).toBe(false);
});

it('a watch whose signal aborts tells nothing more of what it holds', async () => {
  const { dialogue, handle } = await open('IDLE');
  const stop = new AbortController();
  const watching = handle.watch({ signal: stop.signal })[Symbol.asyncIterator]();
  const first = watching.next();
  await answer(dialogue, {
    'UID SEARCH': () => ['* SEARCH 1 2'],
    'UID FETCH': () => ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 2 FLAGS ())'],
  });
  dialogue.lines('* 1 FETCH (UID 1 FLAGS (a))', '* 2 FETCH (UID 2 FLAGS (b))', '* 2 FETCH (UID 2 FLAGS (c))');
  expect((await first).value).toMatchObject({ type: 'flags', uid: 1 });
  stop.abort();
  expect(await watching.next()).toEqual({ value: undefined, done: true });
});

const WORDS = Array.from({ length: 300 }, (_, at) => `/k${at}`).join(' ');

it.each([
  ['the entries', `* METADATA "" ${WORDS}`],
  ['a name', `* STATUS {1000}\r\n${'n'.repeat(1000)} (MESSAGES 1)`],
  ['the attributes', `* LIST (${WORDS}) "/" a`],
])('notifications weigh what the server sent, though it were one: %s', async (_, line) => {
  const dialogue = Dialogue.ready('NOTIFY');
  const groups = [{ scope: 'personal', events: ['mailboxName'] }] as const;
  const iterator = notifications(dialogue.session, groups, {}, () => () => {})[Symbol.asyncIterator]();
  const first = iterator.next();
  await answer(dialogue);
  dialogue.lines('* STATUS a (MESSAGES 1)');
  await first;
  dialogue.lines(line);
  expect(dialogue.transport.paused).toBe(true);
  await iterator.next();
  expect(dialogue.transport.paused).toBe(false);
});

it('the flags that a watch tells of weigh as well', async () => {
  const { dialogue, handle } = await open('IDLE');
  const iterator = handle.watch()[Symbol.asyncIterator]();
  const first = iterator.next();
  await answer(dialogue, {
    'UID SEARCH': () => ['* SEARCH 1 2'],
    'UID FETCH': () => ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 2 FLAGS ())'],
  });
  dialogue.lines('* 1 FETCH (FLAGS (a))');
  await first;
  dialogue.lines(`* 1 FETCH (FLAGS (${WORDS}))`);
  expect(dialogue.transport.paused).toBe(true);
  await iterator.next();
  expect(dialogue.transport.paused).toBe(false);
});
