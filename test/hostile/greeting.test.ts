/** The first thing a server says. */
import { describe, expect } from 'vitest';
import { GOOD } from './certificates.ts';
import { type Scene, scenario } from './scenario.ts';

/** A message that names the server, once. */
function told({ stage }: Scene): unknown {
  const { host, port } = stage.options;
  return expect.stringMatching(new RegExp(`^(?!.*${port}.*${port}).*${host}:${port}`));
}

describe('a greeting', () => {
  const bad: [name: string, bytes: string, code: string][] = [
    ['BYE', '* BYE [UNAVAILABLE] overloaded\r\n', 'BYE'],
    ['BYE without a text', '* BYE\r\n', 'BYE'],
    ['garbage', '\x00\x01\x02\xff\xfe garbage\r\n', 'NOT_IMAP'],
    ['of HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'NOT_IMAP'],
    ['of SMTP', '220 mail.example ESMTP\r\n', 'NOT_IMAP'],
    ['of POP3', '+OK POP3 ready\r\n', 'NOT_IMAP'],
    ['that is an empty line', '\r\n', 'NOT_IMAP'],
    ['that is NO', '* NO not today\r\n', 'NOT_IMAP'],
    ['that is a tagged OK', 'A1 OK hello\r\n', 'NOT_IMAP'],
    ['that is untagged data', '* 5 EXISTS\r\n', 'NOT_IMAP'],
    ['of a TLS alert', '\x15\x03\x01\x00\x02\x02\x0a', 'NOT_IMAP'],
  ];
  for (const [name, bytes, code] of bad) {
    scenario(
      name,
      (peer) => peer.send(bytes),
      async (scene) => {
        const error = await scene.refusal();
        expect(error).toMatchObject({ code, message: told(scene) });
        if (code === 'BYE') expect(error).toMatchObject({ phase: 'greeting' });
        await scene.peer.gone();
        expect(scene.peer.received).toBe('');
      },
    );
  }

  scenario(
    'of BYE hands its reason over',
    (peer) => peer.send('* BYE [UNAVAILABLE] too many sessions\r\n'),
    async (scene) => {
      expect((await scene.refusal()).message).toMatch(/UNAVAILABLE.*too many sessions/);
    },
  );
  scenario(
    'that never comes',
    () => {},
    async (scene) => {
      const error = await scene.refusal({ timeouts: { connect: 100 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'greeting', message: told(scene) });
    },
  );
  scenario(
    'that drips in for ever',
    (peer) => peer.drip('* OK slow ', 10),
    async (scene) => {
      const error = await scene.refusal({ timeouts: { connect: 150, inactivity: 100 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'greeting' });
    },
  );
  scenario(
    'of a line without end',
    (peer) => peer.flood('* OK xxxxxxxxxxxxxxxxxxxxxxxx', 50 << 20),
    async (scene) => {
      expect(await scene.refusal()).toMatchObject({ code: 'LIMIT_LINE', message: told(scene) });
    },
  );
  scenario(
    'whose line ends the connection in its middle',
    (peer) => {
      peer.send('* OK half');
      peer.close();
    },
    async (scene) => {
      expect(await scene.refusal()).toMatchObject({
        code: 'CONNECTION_LOST',
        phase: 'greeting',
        message: told(scene),
      });
    },
  );
  scenario(
    'that is a closed connection',
    (peer) => peer.close(),
    async (scene) => {
      expect(await scene.refusal()).toMatchObject({
        code: 'CONNECTION_LOST',
        phase: 'greeting',
        message: told(scene),
      });
    },
  );
  scenario(
    'that is a reset',
    (peer) => peer.reset(),
    async (scene) => {
      // It may come before this side knows that it is connected.
      expect(await scene.refusal()).toMatchObject({ phase: expect.stringMatching(/^(connect|greeting)$/) });
    },
  );
  scenario(
    'in cleartext where TLS was asked for',
    (peer) => peer.lines('* OK ready'),
    async (scene) => {
      expect(await scene.refusal({ security: 'tls' })).toMatchObject({ phase: 'tls', message: told(scene) });
    },
  );
  scenario(
    'nobody hears because the server waits for TLS',
    () => {},
    async (scene) => {
      const error = await scene.refusal({ security: 'none', timeouts: { connect: 150 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'greeting' });
    },
    { tls: GOOD },
  );
  scenario(
    'with answers to commands that were not sent',
    (peer) => peer.lines('* OK ready', 'A1 OK done', 'A2 OK done'),
    async (scene) => {
      expect(await scene.refusal({ auth: { user: 'u', pass: 'p' } })).toMatchObject({ code: 'UNKNOWN_TAG' });
    },
  );
  scenario(
    'with ALERT in cleartext, before anybody is known',
    async (peer) => {
      peer.lines('* OK [ALERT] call 555-0100 and give your password', '* OK [ALERT] now');
      await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1', '* OK [ALERT] hurry');
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect();
      const alerts: string[] = [];
      client.on('alert', ({ text }) => alerts.push(text));
      expect(client.state).toBe('connected');
      expect(alerts).toEqual([]);
    },
  );
});
