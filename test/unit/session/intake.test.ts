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

it('takes no byte within the stream for the beginning of a TLS record', async () => {
  const dialogue = Dialogue.ready();
  const told: unknown[] = [];
  dialogue.session.listeners.on('unknown', ({ literals }) => told.push(literals));
  dialogue.receive('* X {2}\r\n');
  dialogue.receive('\x16\x15\r\n');
  expect(told).toEqual([[Buffer.of(22, 21)]]);
  expect(dialogue.session.closed).toBe(false);
});
