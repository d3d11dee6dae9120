/** Short scenarios of what real servers do: a script of commands and answers, and what a client makes of it. */
import { expect } from 'vitest';
import type { ConnectOptions, ImapClient, Mailbox, UntaggedResponse } from '../../src/index.ts';
import type { Peer } from '../hostile/peer.ts';
import { type Scene, scenario } from '../hostile/scenario.ts';

/**
 * How a command begins, and the lines that answer it, as they are. `OK …`, `NO …` and `BAD …` get the command's tag;
 * `@` at the beginning of a line and `"@"` stand for it; `…` means that the server waits for a further line of the client's before it goes on.
 */
export type Exchange = readonly [command: string, ...lines: string[]];

export interface Opening {
  /** Default: PREAUTH, with the capabilities. */
  greeting?: string;
  capabilities?: string;
  /** Messages of INBOX, which is opened. Without it no mailbox is. */
  exists?: number;
  connect?: Partial<ConnectOptions>;
  /** The connection ends in this scenario, and that is right. */
  ends?: boolean;
  /** Connecting fails with this message. */
  refuses?: RegExp;
}

/** What a scenario works with. */
export interface Quirk {
  scene: Scene;
  client: ImapClient;
  /** INBOX; only with `exists`. */
  mailbox: Mailbox;
  /** Untagged responses and lines that nobody understood. */
  unknown: UntaggedResponse[];
  /** The commands that the client sent, without their tags. */
  sent: () => string[];
}

/** The scenario of one quirk: the client must come out of it with a living connection. */
export function quirk(
  name: string,
  exchanges: readonly Exchange[],
  act: (quirk: Quirk) => Promise<void>,
  opening: Opening = {},
): void {
  const { greeting, capabilities = '', exists, ends = false } = opening;
  const play = async (peer: Peer) => {
    peer.lines(greeting ?? `* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
    if (exists !== undefined)
      await answer(peer, ['SELECT "INBOX"', `* ${exists} EXISTS`, '* OK [UIDVALIDITY 1] x', 'OK [READ-WRITE] x']);
    for (const exchange of exchanges) await answer(peer, exchange);
    if (!ends) await peer.agree();
  };
  const perform = async (scene: Scene) => {
    const unknown: UntaggedResponse[] = [];
    if (opening.refuses !== undefined) {
      expect((await scene.refusal(opening.connect)).message).toMatch(opening.refuses);
      return;
    }
    const client = await scene.connect(opening.connect);
    client.on('unknown', (response) => unknown.push(response));
    const mailbox = exists === undefined ? nothing : await client.open('INBOX');
    const sent = () => [...scene.peer.received.matchAll(/^A\d+ (.*)\r$/gm)].map(([, text = '']) => text);
    await act({ scene, client, mailbox, unknown, sent });
    if (ends) return;
    expect(client.state).not.toBe('closed');
    await client.noop();
  };
  scenario(name, play, perform);
}

async function answer(peer: Peer, [command, ...lines]: Exchange): Promise<void> {
  const tag = await peer.expect(command);
  for (const line of lines) {
    if (line === '…') await peer.line();
    else peer.lines(line.replace(/^(?=(?:OK|NO|BAD)\b)/, `${tag} `).replace(/^@|(?<=^\0+)@|(?<=")@(?=")/g, tag));
  }
}

/** Stands for the mailbox of scenarios that open none. */
const nothing = {} as Mailbox; // never used: such scenarios do not touch it
