/** One command with its server's side in the test's hand. */
import type { Command } from '../../../src/session/command.ts';
import { Dialogue } from '../session/dialogue.ts';

/** Runs a command, answers it with these untagged lines and OK, and gives what was sent (without its tag) and its result. */
export async function answered<Result>(
  capabilities: string,
  command: Command<Result>,
  lines: string[],
  ok = 'OK done',
): Promise<{ sent: string; result: Result; unknown: string[] }> {
  const dialogue = Dialogue.ready(capabilities);
  const running = dialogue.run(command);
  const text = await dialogue.turn();
  const [, tag = '', sent = ''] = /^(\S+) (.*)\r\n$/s.exec(text) ?? [];
  dialogue.lines(...lines, `${tag} ${ok}`);
  return { sent, result: await running.promise, unknown: dialogue.unknown.map((response) => response.text) };
}
