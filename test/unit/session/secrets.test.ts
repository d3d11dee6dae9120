import { describe, expect, it } from 'vitest';
import type { Mechanism } from '../../../src/auth/mechanism.ts';
import { authenticate } from '../../../src/commands/authenticate.ts';
import { login } from '../../../src/commands/login.ts';
import type { Command } from '../../../src/session/command.ts';
import { redact } from '../../../src/session/redact.ts';
import { command, Dialogue, inMailbox, turn } from './dialogue.ts';

const PASSWORD = 'pa"ss\\wörd';
const FORMS = [
  PASSWORD,
  PASSWORD.replace(/["\\]/g, '\\$&'),
  Buffer.from(PASSWORD).toString('latin1'),
  base64(PASSWORD),
  base64(PASSWORD).replace(/=+$/, ''),
  base64(`\0user\0${PASSWORD}`),
  base64(`answer ${PASSWORD}`),
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function plain(): Mechanism {
  return {
    name: 'PLAIN',
    initial: () => Buffer.from(`\0user\0${PASSWORD}`),
    respond: () => Buffer.from(`answer ${PASSWORD}`),
  } as Mechanism; // what this test needs of one
}

/** All that a caller or a log can get to see of it. */
function exposed(dialogue: Dialogue, error?: unknown): string {
  const seen = [JSON.stringify(dialogue.log), ...dialogue.log.map(({ text }) => text)];
  for (let at = error; at instanceof Error; at = at.cause) seen.push(at.message, String(at.stack), JSON.stringify(at));
  for (const { error: reason } of dialogue.closings)
    seen.push(String(reason), String(reason?.stack), JSON.stringify(reason));
  return seen.join('\n');
}

function expectNoSecret(text: string): void {
  for (const form of FORMS) {
    expect(text).not.toContain(form);
    expect(text).not.toContain(JSON.stringify(form).slice(1, -1));
  }
}

/** What a server could say with a secret in it. */
function echoes(): string[] {
  return FORMS.map((form) => `you said ${Buffer.from(form).toString('latin1')} to me`);
}

const exchanges: [string, () => Promise<{ command: Command<void>; answers: number }>][] = [
  ['LOGIN', async () => ({ command: login('user', PASSWORD), answers: 0 })],
  [
    'AUTHENTICATE with an initial response',
    async () => ({ command: await authenticate(plain(), [PASSWORD], true), answers: 1 }),
  ],
  ['AUTHENTICATE', async () => ({ command: await authenticate(plain(), [PASSWORD], false), answers: 2 })],
];

describe.each(exchanges)('%s', (_, begin) => {
  async function exchanging() {
    const dialogue = new Dialogue();
    dialogue.lines('* OK hi');
    const { command: secret, answers } = await begin();
    const running = dialogue.run(secret);
    await dialogue.turn();
    // LOGIN's two literals are asked for; then the challenges.
    for (let n = 0; n < 2 + answers; n++) {
      dialogue.lines(`+ ${n >= 2 || answers > 0 ? base64('challenge') : ''}`);
      await turn();
    }
    return { dialogue, running, written: dialogue.transport.take() };
  }

  it('shows no secret where it succeeds', async () => {
    const { dialogue, running } = await exchanging();
    for (const echo of echoes()) dialogue.lines(`* OK ${echo}`, `* OK [X ${echo}]`, `* X ${echo}`, `A9 ${echo}`);
    dialogue.lines(`A1 OK ${echoes().join(' ')}`);
    await turn();
    expect(running.state).toBe('resolved');
    expectNoSecret(exposed(dialogue));
    expect(exposed(dialogue)).toContain('[secret]');
  });

  it('shows none where it is refused', async () => {
    for (const echo of echoes()) {
      for (const answer of [`NO ${echo}`, `BAD [X ${echo}] no`, `NO [AUTHENTICATIONFAILED] ${echo}`]) {
        const { dialogue, running } = await exchanging();
        dialogue.lines(`A1 ${answer}`);
        await turn();
        expect(running.error).toMatchObject({ name: 'AuthenticationError' });
        expectNoSecret(exposed(dialogue, running.error));
      }
    }
  });

  it('shows none where the connection ends', async () => {
    for (const echo of echoes()) {
      for (const answer of [`* BYE ${echo}`, `* BYE [X] ${echo}`, `A99 OK ${echo}`, `A1 ${echo}`]) {
        const { dialogue, running } = await exchanging();
        dialogue.lines(answer);
        dialogue.session.ended();
        await turn();
        expect(running.state).toBe('rejected');
        expectNoSecret(exposed(dialogue, running.error));
      }
    }
  });

  it('keeps every challenge and every answer out of the log', async () => {
    const { dialogue } = await exchanging();
    expect(exposed(dialogue)).not.toContain(base64('challenge'));
    expect(dialogue.logged('out')[0]).toMatch(/^A1 (LOGIN|AUTHENTICATE PLAIN) \[secret\]$/);
    for (const text of dialogue.logged('out').slice(1)) expect(text).toBe('[secret]');
  });

  it('hides no continuation request that comes after it', async () => {
    const { dialogue } = await exchanging();
    dialogue.lines('A1 OK in', '+ idling');
    await turn();
    expect(dialogue.logged('in').at(-1)).toBe('+ idling');
  });
});

describe('a secret in the place of a response code', () => {
  it.each([
    ['Hunter2Pass', 'A1 NO [HUNTER2PASS] no'],
    ['Hunter2Pass', 'A1 NO [X-hunter2pass-X 1] no'],
    ['Hunter2Pass', '* BYE [Hunter2Pass] no'],
    ['abc', 'A1 NO [ABC] no'],
  ])('is not shown: %s in %s', async (pass, line) => {
    const dialogue = new Dialogue();
    dialogue.lines('* OK hi');
    const running = dialogue.run(login('user', pass));
    await dialogue.turn();
    dialogue.lines(line);
    dialogue.session.ended();
    await turn();
    expect(running.state).toBe('rejected');
    expect(
      JSON.stringify([running.error, running.error.message, running.error.responseCode]).toUpperCase(),
    ).not.toContain(pass.toUpperCase());
  });

  it('leaves a code alone in which a short one stands by chance', async () => {
    const dialogue = new Dialogue();
    dialogue.lines('* OK hi');
    const running = dialogue.run(login('user', 'auth'));
    await dialogue.turn();
    dialogue.lines('A1 NO [AUTHENTICATIONFAILED] no');
    await turn();
    expect(running.error).toMatchObject({ code: 'AUTHENTICATIONFAILED' });
  });
});

describe('what is no proper OK', () => {
  it.each([' OK welcome', 'A1 LOGIN completed', 'A1 LOGIN complete'])('signs nobody in: %s', async (line) => {
    const dialogue = new Dialogue();
    dialogue.lines('* OK hi');
    const running = dialogue.run(login('user', 'secret word'));
    await dialogue.turn();
    dialogue.lines(line);
    await turn();
    expect(running.state).not.toBe('resolved');
  });
});

describe('redact', () => {
  it.each([
    ['text without', ['secret'], 'text without'],
    ['a secret, twice the secret', ['secret'], 'a [secret], twice the [secret]'],
    ['outer and inner', ['inner', 'inner and outer', 'outer and inner'], '[secret]'],
    ['nothing', [''], 'nothing'],
    ['c2VjcmV0IQ== or AHNlY3JldCE=', ['secret!'], '[secret] or AH[secret]E='],
    ['$& $1', ['$1'], '$& [secret]'],
    ['"a\\"b" a"b', ['a"b'], '"[secret]" [secret]'],
  ])('%j without %j', (text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected);
  });

  it('changes nothing where nothing is secret', () => {
    expect(redact('secret', undefined)).toBe('secret');
  });
});

describe('the log', () => {
  it('has every line in and out, literals by their size', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(1);
    dialogue.log.length = 0;
    dialogue
      .run(inMailbox('X', { write: (writer) => writer.space().literal(Buffer.alloc(5000)).space().string('b') }), {
        mailbox,
      })
      .promise.catch(() => {});
    dialogue.run(
      inMailbox('X', {
        write: (writer) => {
          writer
            .space()
            .literal(Buffer.alloc(5000, 'x'))
            .space()
            .literalStream({ size: 9, stream: (async function* () {})() });
        },
      }),
      { mailbox },
    );
    await turn();
    dialogue.receive('+ go on\r\n* 5 FETCH (BODY[] {3}\r\nabc UID 9)\r\n');
    expect(dialogue.log.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
      'out A4 X {5000}\\r\\n[5000 bytes] {9}\\r\\n[9 bytes]',
      'in + go on',
      'in * 5 FETCH (BODY[] {3}\\r\\n UID 9)',
    ]);
    expect(dialogue.log[0]).toMatchObject({ connection: 7, at: expect.any(Number) });
  });

  it('has the end of a command that lasts, and the notes', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(1);
    dialogue.log.length = 0;
    const lasts = { mailbox: true, alone: true, endedBy: 'DONE' } as const;
    dialogue.run(command('IDLE', lasts, { continuation: () => undefined }), { mailbox });
    await turn();
    dialogue.lines('+ idling');
    dialogue.run(command('X'));
    await turn();
    dialogue.session.note('a note');
    expect(dialogue.log.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
      'out A3 IDLE',
      'in + idling',
      'out DONE',
      'note a note',
    ]);
  });

  it('that throws disturbs nothing', async () => {
    const error = new Error('the log is full');
    const thrown: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (caught) => thrown.push(caught));
    try {
      const dialogue = Dialogue.ready('', {
        log: () => {
          throw error;
        },
      });
      const running = dialogue.run(command('X'), {
        progress: () => {
          throw error;
        },
      });
      await turn();
      dialogue.lines('* OK [INPROGRESS ("A1" 1 2)]', 'A1 OK done');
      expect(await running.promise).toBe('done');
      await turn();
      expect(thrown).toEqual([error, error, error, error, error]);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });
});
