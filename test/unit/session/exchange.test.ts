import { describe, expect, it } from 'vitest';
import { command, Dialogue, turn } from './dialogue.ts';

/** A command that answers continuation requests with these. */
function answering(continuation: (text: string) => string | undefined | Promise<string | undefined>) {
  return command('AUTHENTICATE X', { alone: true }, { continuation });
}

/** One whose answer is in the test's hand. */
function answeringLater() {
  let answer = (_line: string) => {};
  const command = answering(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  return { command, answer: (line: string) => answer(line) };
}

describe('continuation requests that no literal waits for', () => {
  it('are answered by the command they are for', async () => {
    const dialogue = Dialogue.ready();
    const asked: string[] = [];
    const running = dialogue.run(
      answering((text) => {
        asked.push(text);
        return asked.length === 3 ? undefined : `answer ${asked.length}`;
      }),
    );
    await dialogue.turn();
    dialogue.lines('+ one');
    expect(await dialogue.turn()).toBe('answer 1\r\n');
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe('answer 2\r\n');
    dialogue.lines('+  three ');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A1 OK done');
    expect(await running.promise).toBe('done');
    expect(asked).toEqual(['one', '', 'three ']);
  });

  it('are answered in order, one after the other', async () => {
    const dialogue = Dialogue.ready();
    const waiting: ((line: string) => void)[] = [];
    dialogue.run(answering(() => new Promise((resolve) => waiting.push(resolve))));
    await dialogue.turn();
    dialogue.lines('+ one', '+ two');
    expect(await dialogue.turn()).toBe('');
    expect(waiting).toHaveLength(1);
    waiting[0]?.('1');
    expect(await dialogue.turn()).toBe('1\r\n');
    expect(waiting).toHaveLength(2);
    dialogue.lines('+ three');
    await turn();
    expect(waiting).toHaveLength(2);
    waiting[1]?.('2');
    expect(await dialogue.turn()).toBe('2\r\n');
    waiting[2]?.('3');
    expect(await dialogue.turn()).toBe('3\r\n');
  });

  it.each<[string, string[]]>([
    ['at once', ['+ one']],
    ['later', ['+ one']],
    ['at once', ['+ one', '+ two', '+ three']],
    ['later', ['+ one', '+ two', '+ three']],
  ])('that can not be answered end the exchange, not the connection: %s, of %j', async (when, requests) => {
    const dialogue = Dialogue.ready();
    const error = new Error('not your turn');
    let asked = 0;
    const running = dialogue.run(
      answering(() => {
        asked++;
        if (when === 'later') return Promise.reject(error);
        throw error;
      }),
    );
    const next = dialogue.run(command('X'));
    await dialogue.turn();
    dialogue.lines(...requests);
    expect(await dialogue.turn()).toBe('*\r\n');
    expect([running.error, asked]).toEqual([error, 1]);
    dialogue.lines('+ four');
    expect(await dialogue.turn()).toBe('');
    expect(asked).toBe(1);
    dialogue.lines('A1 BAD cancelled');
    expect(await dialogue.turn()).toBe('A2 X\r\n');
    dialogue.lines('A2 OK done');
    expect([await next.promise, running.settled]).toEqual(['done', 1]);
  });

  it('are not answered once the server has refused', async () => {
    const dialogue = Dialogue.ready();
    const { command, answer } = answeringLater();
    const running = dialogue.run(command);
    await dialogue.turn();
    dialogue.lines('+ one', 'A1 NO no');
    await turn();
    answer('the password');
    expect(await dialogue.turn()).toBe('');
    expect(running.state).toBe('rejected');
  });

  it('are not answered once the connection is gone', async () => {
    const dialogue = Dialogue.ready();
    const { command, answer } = answeringLater();
    dialogue.run(command).promise.catch(() => {});
    await dialogue.turn();
    dialogue.lines('+ one');
    await turn();
    dialogue.session.ended();
    answer('the password');
    expect(await dialogue.turn()).toBe('');
  });

  it('cancel an exchange that was given up before it is asked', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const { command } = answeringLater();
    const running = dialogue.run(command, { signal: controller.signal });
    await dialogue.turn();
    controller.abort('enough');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('+ one');
    expect(await dialogue.turn()).toBe('*\r\n');
    expect(running.outcome).toEqual({ state: 'rejected', error: 'enough' });
  });

  it('cancel an exchange that is given up while it thinks, at once, and what it thought of is not sent', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const { command, answer } = answeringLater();
    const running = dialogue.run(command, { signal: controller.signal });
    await dialogue.turn();
    dialogue.lines('+ one', '+ two');
    await turn();
    controller.abort('enough');
    expect(await dialogue.turn()).toBe('*\r\n');
    answer('the password');
    dialogue.lines('+ three');
    expect(await dialogue.turn()).toBe('');
    expect(running.outcome).toEqual({ state: 'rejected', error: 'enough' });
  });

  it.each(['is refused', 'is given up'])(
    'of the next exchange do not wait for the answer of one that %s',
    async (how) => {
      const dialogue = Dialogue.ready();
      const controller = new AbortController();
      const { command, answer } = answeringLater();
      dialogue.run(command, { signal: controller.signal }).promise.catch(() => {});
      const next = dialogue.run(answering(() => 'another answer'));
      await dialogue.turn();
      dialogue.lines('+ one');
      await turn();
      if (how === 'is given up') controller.abort('enough');
      dialogue.lines('A1 NO no');
      expect(await dialogue.turn()).toBe(`${how === 'is given up' ? '*\r\n' : ''}A2 AUTHENTICATE X\r\n`);
      dialogue.lines('+');
      expect(await dialogue.turn()).toBe('another answer\r\n');
      answer('the password');
      expect(await dialogue.turn()).toBe('');
      dialogue.lines('A2 OK done');
      expect(await next.promise).toBe('done');
    },
  );
});
