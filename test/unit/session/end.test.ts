import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { append } from '../../../src/commands/append.ts';
import { authenticate } from '../../../src/commands/authenticate.ts';
import { Idle } from '../../../src/commands/idle.ts';
import { login } from '../../../src/commands/login.ts';
import { logout } from '../../../src/commands/logout.ts';
import { startTls } from '../../../src/commands/starttls.ts';
import { ConnectionError, ImapError, ProtocolError } from '../../../src/errors.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { command, Dialogue, inMailbox, turn } from './dialogue.ts';
import { FakeTransport } from './fake-transport.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A session with an operation in every state. */
async function busy() {
  const { dialogue, mailbox } = await Dialogue.selected(3);
  const other = new MailboxState('other', false);
  const signal = new AbortController().signal;
  const running = {
    sent: dialogue.run(command('SENT'), { timeout: 1000, signal }),
    inMailbox: dialogue.run(inMailbox('SENT TOO'), { mailbox }),
    sending: dialogue.run(append('a', { content: 'hello' }, Capabilities.none), { timeout: 1000 }),
    waiting: dialogue.run(command('WAITING'), { signal }),
    alone: dialogue.run(command('ALONE', { alone: true })),
    otherMailbox: dialogue.run(inMailbox('ELSEWHERE'), { mailbox: other, timeout: 1000 }),
    background: dialogue.run(inMailbox('IDLE', { behaviour: { mailbox: true, endedBy: 'DONE' } }), {
      mailbox,
      background: true,
    }),
  };
  expect(await dialogue.turn()).toBe('A3 SENT\r\nA4 SENT TOO\r\nA5 APPEND "a" {5}\r\n');
  return { dialogue, mailbox, running };
}

describe('the end of the connection', () => {
  const ends: [string, (dialogue: Dialogue) => void, object][] = [
    ['by the server', ({ session }) => session.ended(), { code: 'CONNECTION_LOST' }],
    ['by an error', ({ session }) => session.ended(new Error('ECONNRESET')), { code: 'CONNECTION_LOST' }],
    [
      'by BYE',
      (dialogue) => {
        dialogue.lines('* BYE [UNAVAILABLE] maintenance');
        dialogue.session.ended();
      },
      { code: 'BYE' },
    ],
    ['by silence', () => vi.advanceTimersByTime(60_000), { code: 'TIMEOUT' }],
    [
      'by this side',
      ({ session }) => session.fail(session.connectionError('CLOSED', 'The connection was closed by this side')),
      { code: 'CLOSED' },
    ],
  ];

  it.each(ends)('%s settles every operation once, and says which may have been executed', async (_, end, expected) => {
    const { dialogue, running } = await busy();
    // Overall deadlines would come before silence.
    for (const one of [running.sent, running.sending, running.otherMailbox]) one.promise.catch(() => {});
    end(dialogue);
    await turn();
    const all = Object.entries(running);
    for (const [name, { error, settled }] of all) {
      expect(settled, name).toBe(1);
      expect(error, name).toBeInstanceOf(ImapError);
    }
    for (const name of ['inMailbox', 'waiting', 'alone', 'background'] as const) {
      expect(running[name].error, name).toMatchObject({ name: 'ConnectionError', phase: 'command', ...expected });
    }
    expect(running.inMailbox.error.maybeExecuted).toBe(true);
    expect(running.inMailbox.error.message).toMatch(/^SENT TOO: The (connection|server) /);
    for (const name of ['waiting', 'alone', 'background'] as const)
      expect(running[name].error.maybeExecuted).toBe(false);
    expect(dialogue.transport.closed).toBe(true);
    expect(dialogue.session.closed).toBe(true);
  });

  it('tells the half-sent command that it can not have been executed', async () => {
    const { dialogue, running } = await busy();
    dialogue.session.ended();
    await turn();
    expect(running.sent.error.maybeExecuted).toBe(true);
    expect(running.sending.error.maybeExecuted).toBe(false);
    expect(running.otherMailbox.error.maybeExecuted).toBe(false);
  });

  it('is told once, with its reason', async () => {
    const { dialogue } = await busy();
    const error = new ConnectionError('BROKEN', 'It broke', { phase: 'command' });
    dialogue.session.fail(error);
    dialogue.session.fail(new ProtocolError('OTHER', 'other'));
    dialogue.session.ended();
    dialogue.lines('* BYE', '* 5 EXISTS', 'A3 OK');
    expect(dialogue.closings).toEqual([{ error }]);
  });

  it('by this side has no error to tell', () => {
    const dialogue = Dialogue.ready();
    dialogue.session.fail(new ConnectionError('CLOSED', 'closed', { phase: 'command' }));
    expect(dialogue.closings).toEqual([{}]);
  });

  it('rejects what comes after it, with what was the reason', async () => {
    const dialogue = Dialogue.ready();
    dialogue.session.ended(new Error('ECONNRESET'));
    const late = dialogue.run(command('X'));
    await turn();
    expect(late.error).toMatchObject({
      name: 'ConnectionError',
      code: 'CLOSED',
      maybeExecuted: false,
      message: 'X: the connection is closed: The connection was lost: ECONNRESET',
    });
  });

  it('is that of the stream: nothing behind it in the same chunk is read', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    dialogue.receive('* BYE one\r\n* BYE two\r\n* 9 EXISTS\r\n* XFOO\r\nA3 OK done\r\n* X {5}\r\nab');
    await turn();
    expect(dialogue.closings).toMatchObject([{ error: { code: 'BYE', message: 'The server said goodbye: one' } }]);
    expect([mailbox.exists, dialogue.unknown, dialogue.closings.length]).toEqual([3, [], 1]);
  });

  it('is the same error for all where the server broke the protocol', async () => {
    const { dialogue, running } = await busy();
    dialogue.lines('A99 OK');
    await turn();
    const errors = new Set(Object.values(running).map(({ error }) => error));
    expect([...errors]).toEqual([expect.objectContaining({ name: 'ProtocolError', code: 'UNKNOWN_TAG' })]);
  });

  it('tells a command that was begun that it gets no answer, once', async () => {
    const dialogue = Dialogue.ready();
    const abandoned: string[] = [];
    const run = (name: string, alone?: true) =>
      dialogue.run(command(name, alone ? { alone } : {}, { abandoned: () => abandoned.push(name) }));
    const running = [run('X'), run('Y'), run('Z', true)];
    await turn();
    dialogue.lines('A1 NO');
    dialogue.session.ended();
    await turn();
    expect(abandoned).toEqual(['X', 'Y']);
    expect(running.map(({ state }) => state)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});

describe('the stream ends', () => {
  it.each([
    ['between two responses', '* OK hi\r\n', 'The server closed the connection'],
    ['inside a line', '* 5 EXI', 'The server closed the connection in the middle of a response'],
    ['before a line feed', '* 5 EXISTS\r', 'The server closed the connection in the middle of a response'],
    ['inside a literal', '* X {10}\r\nabc', 'The server closed the connection in the middle of a response'],
    ['behind a literal', '* X {3}\r\nabc', 'The server closed the connection in the middle of a response'],
  ])('%s', async (_, wire, message) => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'));
    await turn();
    dialogue.receive(wire);
    dialogue.session.ended();
    await turn();
    expect(running.error).toMatchObject({ code: 'CONNECTION_LOST', message: `X: ${message}` });
  });

  it('inside a streamed literal: the sink is told no end', async () => {
    const dialogue = Dialogue.ready();
    const took: string[] = [];
    const sink = { chunk: (bytes: Buffer) => took.push(String(bytes)), end: () => took.push('the end') };
    const running = dialogue.run(command('X', {}, { literal: () => sink }));
    await turn();
    dialogue.receive('* 1 FETCH (BODY[] {10}\r\nabc');
    expect(dialogue.session.streaming).toBe(true);
    dialogue.session.ended();
    await turn();
    expect(took).toEqual(['abc']);
    expect(running.error).toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('before the greeting', async () => {
    const dialogue = new Dialogue();
    const greeting = dialogue.session.greeting();
    dialogue.receive('* OK hi');
    dialogue.session.ended();
    await expect(greeting).rejects.toMatchObject({ code: 'CONNECTION_LOST', phase: 'greeting' });
  });
});

describe('BYE', () => {
  it.each([
    ['* BYE', 'The server said goodbye'],
    ['* BYE Autologout; idle for too long', 'The server said goodbye: Autologout; idle for too long'],
    ['* BYE [ALERT] going down', 'The server said goodbye: [ALERT] going down'],
  ])('%s', async (line, message) => {
    const dialogue = Dialogue.ready();
    dialogue.lines(line);
    expect(dialogue.closings).toEqual([{ error: expect.objectContaining({ code: 'BYE', message, phase: 'command' }) }]);
  });

  describe('in front of answers (RFC 3501 §7.1.5: the client SHOULD continue to read)', () => {
    const going = { name: 'ConnectionError', code: 'BYE', message: expect.stringContaining('going down') };
    const bye = '* BYE [UNAVAILABLE] going down';

    it('settles each operation by its own, and sends nothing more', async () => {
      const { dialogue, mailbox } = await Dialogue.selected(3);
      const said: string[] = [];
      const untagged = { X: (reader: { rest(): string }) => void said.push(reader.rest()) };
      const running = [
        dialogue.run(command('X', {}, { untagged })),
        dialogue.run(command('Y')),
        dialogue.run(command('Z')),
        dialogue.run(append('a', { content: 'hello' }, Capabilities.none)),
      ];
      const waiting = dialogue.run(command('WAITING'));
      await dialogue.turn();
      dialogue.lines(bye, '* X data', '* 2 EXPUNGE', 'A3 OK done', 'A4 NO [LIMIT] no');
      const late = dialogue.run(command('LATE'));
      dialogue.lines('+ go on');
      expect(await dialogue.turn()).toBe('');
      expect([said, mailbox.exists, running[0]?.value]).toEqual([[' data'], 2, 'done']);
      expect(running[1]?.error).toMatchObject({ name: 'CommandError', responseCode: { name: 'LIMIT' } });
      expect([...running.slice(2), waiting, late].map(({ state }) => state)).toEqual(Array(4).fill('pending'));
      dialogue.lines('* BYE again', 'A6 NO [TOOBIG] no');
      dialogue.session.ended(new Error('ECONNRESET'));
      expect(await dialogue.turn()).toBe('');
      expect(running[2]?.error).toMatchObject({
        ...going,
        maybeExecuted: true,
        message: expect.stringMatching(/^Z: /),
      });
      expect(running[3]?.error).toMatchObject({ name: 'CommandError', responseCode: { name: 'TOOBIG' } });
      for (const { error } of [waiting, late]) expect(error).toMatchObject({ ...going, maybeExecuted: false });
      expect(dialogue.closings).toEqual([{ error: expect.objectContaining(going) }]);
    });

    it('ends the connection behind the last, whether the server does or not', async () => {
      const dialogue = Dialogue.ready();
      const running = dialogue.run(command('X'));
      const next = dialogue.run(command('Y', { alone: true }));
      await dialogue.turn();
      dialogue.lines(bye, 'A1 OK done');
      expect(await dialogue.turn()).toBe('');
      expect([running.value, dialogue.transport.closed]).toEqual(['done', true]);
      expect(next.error).toMatchObject({ ...going, maybeExecuted: false });
    });

    it('waits a second for them, whatever else comes', async () => {
      const dialogue = Dialogue.ready();
      const running = dialogue.run(command('X'));
      await dialogue.turn();
      dialogue.lines(bye);
      for (let waited = 0; waited < 1000; waited += 200) {
        expect(running.state).toBe('pending');
        vi.advanceTimersByTime(200);
        dialogue.lines('* OK still here', bye);
        await turn();
      }
      expect(running.error).toMatchObject({ ...going, maybeExecuted: true });
      expect(dialogue.closings).toHaveLength(1);
    });

    it.each([
      ['what breaks the protocol', ['A99 OK']],
      ['an answer to half a command', ['A1 OK']],
    ])('tells its own reason where %s comes instead', async (_, lines) => {
      const dialogue = Dialogue.ready();
      const running = dialogue.run(append('a', { content: 'hello' }, Capabilities.none));
      await dialogue.turn();
      dialogue.lines(bye, ...lines);
      await turn();
      expect(running.error).toMatchObject({ ...going, maybeExecuted: false });
    });

    it('waits for none that nobody wants any more', async () => {
      const dialogue = Dialogue.ready();
      const controller = new AbortController();
      const running = dialogue.run(command('X'), { signal: controller.signal });
      await dialogue.turn();
      dialogue.lines(bye);
      controller.abort(new Error('enough'));
      await turn();
      expect(running.error).toMatchObject({ message: 'enough' });
      expect(dialogue.closings).toEqual([{ error: expect.objectContaining(going) }]);
    });

    it('is no loss for who closes the connection meanwhile', async () => {
      const dialogue = Dialogue.ready();
      const running = dialogue.run(command('X'));
      await dialogue.turn();
      dialogue.lines(bye);
      dialogue.session.fail(dialogue.session.connectionError('CLOSED', 'The client was closed'));
      await turn();
      expect(running.error).toMatchObject({ code: 'CLOSED', maybeExecuted: true });
      expect(dialogue.closings).toEqual([{}]);
    });

    it('waits for them no longer than for other farewells', async () => {
      const dialogue = Dialogue.ready('', { timeouts: { inactivity: 60_000, farewell: 100 } });
      const running = dialogue.run(command('X'));
      await dialogue.turn();
      dialogue.lines(bye);
      vi.advanceTimersByTime(100);
      await turn();
      expect(running.error).toMatchObject({ ...going, maybeExecuted: true });
    });

    it('lets go of a stream that is being sent, and tells nothing of that', async () => {
      const dialogue = Dialogue.ready('LITERAL+');
      const stream = new Readable({ read() {} });
      stream.push('he');
      const running = dialogue.run(append('a', { content: { size: 5, stream } }, Capabilities.of(['LITERAL+'])));
      await dialogue.turn();
      dialogue.lines(bye);
      await new Promise((resolve) => stream.once('close', resolve));
      await turn();
      expect(running.state).toBe('pending');
      dialogue.session.ended();
      await turn();
      expect(running.error).toMatchObject({ ...going, maybeExecuted: false });
    });

    it('tells what was about to be sent that it can not have been executed', async () => {
      const dialogue = Dialogue.ready('LITERAL+');
      const { transport } = dialogue;
      const write = transport.write.bind(transport);
      transport.write = (data) => {
        const more = write(data);
        transport.write = write;
        dialogue.lines(bye);
        return more;
      };
      const sending = dialogue.run(append('a', { content: 'hello' }, Capabilities.of(['LITERAL+'])));
      const next = dialogue.run(command('NEXT'));
      expect(await dialogue.turn()).not.toContain('NEXT');
      dialogue.session.ended();
      await turn();
      for (const { error } of [sending, next]) expect(error).toMatchObject({ ...going, maybeExecuted: false });
    });

    it('answers no challenge', async () => {
      const dialogue = new Dialogue();
      dialogue.lines('* OK [CAPABILITY IMAP4rev1] hi');
      let answer: (bytes: Uint8Array) => void = () => {};
      const respond = () => new Promise<Uint8Array>((resolve) => (answer = resolve));
      const running = dialogue.run(await authenticate({ name: 'X', respond }, [], false));
      await dialogue.turn();
      dialogue.lines('+ ', bye, '+ ');
      await turn();
      answer(Buffer.from('secret'));
      expect(await dialogue.turn()).toBe('');
      expect(dialogue.log.filter(({ direction }) => direction === 'out')).toHaveLength(1);
      dialogue.lines('A1 NO [AUTHENTICATIONFAILED] too often');
      await turn();
      expect(running.error).toMatchObject({ name: 'AuthenticationError' });
    });

    it('is the reason of a login that is refused with none of its own: the password may be right', async () => {
      const dialogue = new Dialogue();
      dialogue.lines('* OK [CAPABILITY IMAP4rev1] hi');
      const running = dialogue.run(login('joe', 'secret'));
      await dialogue.turn();
      dialogue.lines(bye, 'A1 NO LOGIN failed');
      await turn();
      expect(running.error).toMatchObject(going);
    });

    it('is not for who has asked for TLS: behind the answer nothing could be read', async () => {
      const dialogue = new Dialogue();
      dialogue.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi');
      const running = dialogue.run(startTls());
      await dialogue.turn();
      dialogue.lines(bye, 'A1 OK begin');
      await turn();
      expect(running.error).toMatchObject(going);
    });
  });

  it('tells its alert as well: with a connection that is replaced nobody sees the error', () => {
    const dialogue = Dialogue.ready();
    dialogue.lines('* BYE [ALERT] back on Monday');
    expect(dialogue.alerts).toEqual(['back on Monday']);
  });

  it('while it idles', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const running = dialogue.run(new Idle({ begun() {} }), { mailbox, background: true });
    await turn();
    dialogue.lines('+ idling', '* BYE idle for too long');
    await turn();
    expect(running.error).toMatchObject({ code: 'BYE', phase: 'idle' });
  });
});

describe('logging out', () => {
  async function leaving() {
    const dialogue = Dialogue.ready();
    const before = dialogue.run(command('X'));
    const running = dialogue.run(logout());
    dialogue.session.end();
    await dialogue.turn();
    return { dialogue, before, running };
  }

  it('waits for what is under way, and takes nothing new', async () => {
    const { dialogue, before, running } = await leaving();
    const late = dialogue.run(command('Y'));
    await turn();
    expect(late.error).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    dialogue.lines('A1 OK done');
    expect(await dialogue.turn()).toBe('A2 LOGOUT\r\n');
    dialogue.lines('* BYE see you', 'A2 OK');
    await turn();
    expect([before.value, running.state, dialogue.session.closed]).toEqual(['done', 'resolved', false]);
    dialogue.session.ended();
    expect(dialogue.closings).toEqual([{}]);
  });

  it('is over where the server closes without its tagged answer', async () => {
    const { dialogue, running } = await leaving();
    dialogue.lines('A1 OK', '* BYE see you');
    await turn();
    dialogue.session.ended();
    await turn();
    expect(running.error).toMatchObject({ name: 'ConnectionError', code: 'CLOSED' });
    expect(dialogue.closings).toEqual([{}]);
  });

  it('is a loss where the server closes without BYE', async () => {
    const { dialogue, running } = await leaving();
    dialogue.lines('A1 OK');
    dialogue.session.ended();
    await turn();
    expect(running.error).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(dialogue.closings).toHaveLength(1);
  });

  it('is a loss where BYE comes while others still wait', async () => {
    const { dialogue, before, running } = await leaving();
    dialogue.lines('* BYE now');
    dialogue.session.ended();
    await turn();
    expect(before.error).toMatchObject({ code: 'BYE', maybeExecuted: true });
    expect(running.error).toMatchObject({ code: 'BYE', maybeExecuted: false });
  });

  it('ends IDLE, and is not kept up by what waits in the background', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const idling = [0, 1].map(() => dialogue.run(new Idle({ begun() {} }), { mailbox, background: true }));
    await dialogue.turn();
    dialogue.lines('+');
    await turn();
    const running = dialogue.run(logout());
    dialogue.session.end();
    expect(await dialogue.turn()).toBe('DONE\r\n');
    dialogue.lines('A3 OK');
    expect(await dialogue.turn()).toBe('A5 LOGOUT\r\n');
    dialogue.lines('* BYE', 'A5 OK');
    await turn();
    dialogue.session.ended();
    await turn();
    expect([idling[0]?.state, running.state]).toEqual(['resolved', 'resolved']);
    expect(idling[1]?.error).toMatchObject({ code: 'CLOSED' });
    expect(dialogue.closings).toEqual([{}]);
  });
});

describe('a stream that changes', () => {
  async function upgrading() {
    const dialogue = new Dialogue();
    dialogue.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi');
    const running = dialogue.run(startTls());
    const next = dialogue.run(command('CAPABILITY'));
    await dialogue.turn();
    return { dialogue, running, next };
  }

  it('is read no further: what follows is left over', async () => {
    const { dialogue, running } = await upgrading();
    dialogue.receive('A1 OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n');
    expect(dialogue.transport.paused).toBe(true);
    dialogue.receive('* OK [CAPABILITY MORE]\r\n');
    await running.promise;
    expect(String(dialogue.session.leftover)).toBe('* CAPABILITY IMAP4rev1 INJECTED\r\n* OK [CAPABILITY MORE]\r\n');
    expect([...dialogue.session.state.capabilities.names]).toEqual(['IMAP4REV1', 'STARTTLS']);
    dialogue.session.fail(new ConnectionError('STARTTLS_INJECTION', 'injected', { phase: 'tls' }));
  });

  it('goes on with the next transport', async () => {
    const { dialogue, running, next } = await upgrading();
    dialogue.lines('A1 OK go');
    await running.promise;
    expect(dialogue.session.leftover).toHaveLength(0);
    const secure = new FakeTransport();
    secure.paused = true;
    dialogue.transport.take();
    dialogue.session.switchTo(secure);
    expect(secure.paused).toBe(false);
    dialogue.lines('A2 OK done');
    expect(await next.promise).toBe('done');
    dialogue.run(command('NOOP')).promise.catch(() => {});
    await turn();
    expect(secure.take()).toBe('A3 NOOP\r\n');
    dialogue.session.fail(new ConnectionError('CLOSED', 'closed', { phase: 'command' }));
    expect([secure.closed, dialogue.transport.closed]).toEqual([true, false]);
  });

  it('stays where the server refuses to change it', async () => {
    const { dialogue, running } = await upgrading();
    dialogue.lines('A1 NO no TLS', '* CAPABILITY IMAP4rev1 X');
    await turn();
    expect(running.error).toMatchObject({ status: 'NO' });
    expect([dialogue.transport.paused, dialogue.session.leftover.length]).toEqual([false, 0]);
    expect(dialogue.session.state.capabilities.has('X')).toBe(true);
    dialogue.session.ended();
  });
});
