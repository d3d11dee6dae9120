import { expect, it } from 'vitest';
import { command, Dialogue } from './dialogue.ts';

it('reads what a transport within this process answers while it is written to behind what came before', async () => {
  const dialogue = Dialogue.ready();
  const { session, transport } = dialogue;
  const running = dialogue.run(
    command(
      'X',
      {},
      {
        write: (writer) => {
          writer.space().literal(Buffer.from('abc'));
        },
      },
    ),
  );
  await dialogue.turn();
  const told: string[] = [];
  session.listeners.on('unknown', ({ text }) => told.push(text));
  const write = transport.write.bind(transport);
  transport.write = (data) => {
    const taken = write(data);
    if (String(data) === '\r\n') {
      const borrowed = Buffer.from('* SECOND\r\nA1 OK done\r\n');
      session.receive(borrowed, true);
      borrowed.fill(0);
    }
    return taken;
  };
  dialogue.receive('+ go\r\n* FIRST\r\n* THIRD {3}\r\nxyz\r\n');
  expect(await running.promise).toBe('done');
  expect(told).toEqual(['* FIRST', '* THIRD {3}\r\n', '* SECOND']);
});
