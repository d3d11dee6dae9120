import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { type ChannelBinding, type ScramOptions, scram } from '../../../src/auth/scram.ts';
import { AuthenticationError, ProtocolError, UsageError } from '../../../src/errors.ts';
import { ScramServer } from './scram-server.ts';
import { bytes, text } from './text.ts';

const RFC_5802 = {
  options: { hash: 'SHA-1', user: 'user', pass: 'pencil', nonce: 'fyko+d2lbbFgONRv9qkxdawL' },
  clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
  serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
  clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
} as const;

const RFC_7677 = {
  options: { hash: 'SHA-256', user: 'user', pass: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' },
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
} as const;

const CREDENTIALS: ScramOptions = { hash: 'SHA-256', user: 'user', pass: 'pencil', nonce: 'cli' };
const SERVER = { hash: 'sha256', pass: 'pencil' } as const;

/** The whole exchange; what came of the last challenge. */
async function converse(options: ScramOptions, server: ScramServer, binding?: Uint8Array) {
  const mechanism = scram(options);
  const first = server.first((await mechanism.initial?.()) ?? EMPTY);
  const final = server.final(await mechanism.respond(bytes(first)), binding);
  return { mechanism, first, final, answer: await mechanism.respond(bytes(final)) };
}

/** A mechanism that has sent its first message and takes a server-first-message next. */
async function begun(options: Partial<ScramOptions> = {}) {
  const mechanism = scram({ ...CREDENTIALS, ...options });
  await mechanism.initial?.();
  return mechanism;
}

describe('SCRAM', () => {
  it.each([
    ['RFC 5802 §5', 'SCRAM-SHA-1', RFC_5802],
    ['RFC 7677 §3', 'SCRAM-SHA-256', RFC_7677],
  ])('%s', async (_, name, vector) => {
    const mechanism = scram(vector.options);
    expect(mechanism.name).toBe(name);
    expect(text(await mechanism.initial?.())).toBe(vector.clientFirst);
    expect(text(await mechanism.respond(bytes(vector.serverFirst)))).toBe(vector.clientFinal);
    expect(await mechanism.respond(bytes(vector.serverFinal))).toEqual(EMPTY);
    mechanism.done?.();
  });

  it.each([
    ['SHA-1', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-512', 'sha512'],
  ] as const)('convinces, and is convinced by, a server written on node:crypto: %s', async (hash, nodeHash) => {
    const pass = 'pä,ss=wörd€😀';
    const account = { hash: nodeHash, pass, iterations: 5000, salt: Buffer.from([0, 255, 1]) };
    const { mechanism, answer } = await converse({ hash, user: 'üser', pass }, new ScramServer(account));
    expect(answer).toEqual(EMPTY);
    mechanism.done?.();
  });

  it('takes extensions that are not mandatory', async () => {
    const server = new ScramServer({ ...SERVER, extensions: ',x=1,y==ü' });
    const { mechanism, final } = await converse(CREDENTIALS, server);
    expect(final).toMatch(/^v=/);
    mechanism.done?.();
  });

  it('escapes names, and prepares user and password', async () => {
    const mechanism = scram({ ...CREDENTIALS, user: 'a=b,c\u00a0\u00add', authzid: 'x=,y' });
    expect(text(await mechanism.initial?.())).toBe('n,a=x=3D=2Cy,n=a=3Db=2Cc d,r=cli');
    const { final } = await converse(
      { ...CREDENTIALS, pass: '\u2168\u00ad' },
      new ScramServer({ ...SERVER, pass: 'IX' }),
    );
    expect(final).toMatch(/^v=/);
    expect(() => scram({ ...CREDENTIALS, pass: 'a\x07b' })).toThrow(UsageError);
    expect(() => scram({ ...CREDENTIALS, user: 'a\x07b' })).toThrow(UsageError);
  });

  it('proves with the authorization identity in the header', async () => {
    const { mechanism, final } = await converse({ ...CREDENTIALS, authzid: 'boss' }, new ScramServer(SERVER));
    expect(final).toMatch(/^v=/);
    mechanism.done?.();
  });

  it('makes a nonce of its own for each exchange', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 20; i++) nonces.add(text(await scram({ hash: 'SHA-1', user: 'u', pass: 'p' }).initial?.()));
    expect(nonces.size).toBe(20);
    for (const nonce of nonces) expect(nonce).toMatch(/^n,,n=u,r=[A-Za-z0-9+/]{32}$/);
  });

  it('derives the key without holding up the event loop', async () => {
    const mechanism = await begun();
    let turns = 0;
    const turn = () => {
      turns++;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    await mechanism.respond(bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=200000'));
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('SCRAM-PLUS', () => {
  const bindings: ChannelBinding[] = [
    { type: 'tls-exporter', data: Buffer.alloc(32, 7) },
    { type: 'tls-unique', data: Buffer.from([0, 44, 61, 255]) },
  ];

  it.each(bindings)('binds to $type', async (channelBinding) => {
    const server = new ScramServer(SERVER);
    const { mechanism, final } = await converse({ ...CREDENTIALS, channelBinding }, server, channelBinding.data);
    expect(mechanism.name).toBe('SCRAM-SHA-256-PLUS');
    expect(server.gs2).toBe(`p=${channelBinding.type},,`);
    expect(final).toMatch(/^v=/);
    mechanism.done?.();
  });

  it('fails where the two ends see different channels', async () => {
    const channelBinding: ChannelBinding = { type: 'tls-exporter', data: Buffer.alloc(32, 7) };
    const { mechanism } = await converse(
      { ...CREDENTIALS, channelBinding },
      new ScramServer(SERVER),
      Buffer.alloc(32, 8),
    );
    expect(mechanism.failure).toBe('channel-bindings-dont-match');
    expect(() => mechanism.done?.()).toThrow(AuthenticationError);
  });

  it('says so where it could bind and the server does not offer to', async () => {
    const server = new ScramServer(SERVER);
    const { mechanism, final } = await converse({ ...CREDENTIALS, channelBinding: 'not offered' }, server);
    expect(mechanism.name).toBe('SCRAM-SHA-256');
    expect(server.gs2).toBe('y,,');
    expect(final).toMatch(/^v=/);
  });
});

describe('SCRAM before a lying server', () => {
  it.each([
    ['another nonce', 'r=other,s=QSXCR+Q6sek8bf92,i=4096'],
    ['the client’s nonce alone', 'r=cli,s=QSXCR+Q6sek8bf92,i=4096'],
    ['the start of the client’s nonce', 'r=cl,s=QSXCR+Q6sek8bf92,i=4096'],
    ['the client’s nonce at the end', 'r=srvcli,s=QSXCR+Q6sek8bf92,i=4096'],
    ['the client’s nonce in another case', 'r=CLIsrv,s=QSXCR+Q6sek8bf92,i=4096'],
  ])('refuses %s', async (_, first) => {
    await expect((await begun()).respond(bytes(first))).rejects.toMatchObject({ code: 'SCRAM_NONCE' });
  });

  it.each(['1', '4095', '1000001', '4294967296', '99999999999999999999', '9'.repeat(400)])(
    'refuses %s iterations',
    async (iterations) => {
      const answer = (await begun()).respond(bytes(`r=clisrv,s=QSXCR+Q6sek8bf92,i=${iterations}`));
      await expect(answer).rejects.toMatchObject({ code: 'SCRAM_ITERATIONS' });
    },
  );

  it('takes the bounds themselves', async () => {
    for (const iterations of [4096, 1_000_000]) {
      const answer = await (await begun({ hash: 'SHA-1' })).respond(bytes(`r=clisrv,s=QUJD,i=${iterations}`));
      expect(text(answer)).toMatch(/^c=biws,r=clisrv,p=[A-Za-z0-9+/]{27}=$/);
    }
  });

  it.each([
    ['empty', ''],
    ['text', 'go ahead'],
    ['binary', '\xff\xfe\0\x01'],
    ['without a salt', 'r=clisrv,i=4096'],
    ['with an empty salt', 'r=clisrv,s=,i=4096'],
    ['with a salt that is no base64', 'r=clisrv,s=QSXCR+Q6sek8bf9,i=4096'],
    ['with a salt of other characters', 'r=clisrv,s=QS!CR+Q6sek8bf92,i=4096'],
    ['without iterations', 'r=clisrv,s=QSXCR+Q6sek8bf92'],
    ['with zero iterations', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=0'],
    ['with negative iterations', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=-4096'],
    ['with a leading zero', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=04096'],
    ['with iterations in hexadecimal', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=0x2000'],
    ['with a fraction', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=4096.5'],
    ['out of order', 's=QSXCR+Q6sek8bf92,r=clisrv,i=4096'],
    ['with a space in the nonce', 'r=cli srv,s=QSXCR+Q6sek8bf92,i=4096'],
    ['with an 8-bit nonce', 'r=clisrvü,s=QSXCR+Q6sek8bf92,i=4096'],
    ['with a line end', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=4096\r\n'],
    ['with an empty extension', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=4096,x='],
    ['with its signature already', 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='],
    ['still in base64', Buffer.from('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096').toString('base64')],
  ])('refuses a server-first-message %s', async (_, first) => {
    const mechanism = await begun();
    await expect(mechanism.respond(bytes(first))).rejects.toMatchObject({ code: 'SASL_MALFORMED_CHALLENGE' });
    expect(() => mechanism.done?.()).toThrow(ProtocolError);
  });

  it.each(['m=x,r=clisrv,s=QSXCR+Q6sek8bf92,i=4096', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=4096,x=1,m=y'])(
    'refuses a mandatory extension: %s',
    async (first) => {
      await expect((await begun()).respond(bytes(first))).rejects.toMatchObject({ code: 'SCRAM_EXTENSION' });
    },
  );

  it('takes no success without a signature', async () => {
    const mechanism = await begun();
    expect(() => mechanism.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
    await mechanism.respond(bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096'));
    expect(() => mechanism.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
  });

  it.each([
    ['of zeros', `v=${Buffer.alloc(32).toString('base64')}`, 'SCRAM_SIGNATURE'],
    ['too short', `v=${Buffer.alloc(20).toString('base64')}`, 'SCRAM_SIGNATURE'],
    ['too long', `v=${Buffer.alloc(64).toString('base64')}`, 'SCRAM_SIGNATURE'],
    ['empty', 'v=', 'SASL_MALFORMED_CHALLENGE'],
    ['that is no base64', 'v=????', 'SASL_MALFORMED_CHALLENGE'],
    ['that is missing', '', 'SASL_MALFORMED_CHALLENGE'],
    ['in another message', 'r=clisrv,s=QSXCR+Q6sek8bf92,i=4096', 'SASL_MALFORMED_CHALLENGE'],
  ])('refuses a signature %s', async (_, final, code) => {
    const mechanism = await begun();
    await mechanism.respond(bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096'));
    await expect(mechanism.respond(bytes(final))).rejects.toMatchObject({ name: 'ProtocolError', code });
    expect(() => mechanism.done?.()).toThrow(ProtocolError);
  });

  it('refuses the true signature with a bit changed, shortened, lengthened, or under a mandatory extension', async () => {
    const server = new ScramServer(SERVER);
    const play = async (change: (signature: Buffer) => Buffer, rest = '') => {
      const mechanism = scram(CREDENTIALS);
      const first = server.first((await mechanism.initial?.()) ?? EMPTY);
      const final = server.final(await mechanism.respond(bytes(first)));
      const changed = change(Buffer.from(final.slice(2), 'base64')).toString('base64');
      return mechanism.respond(bytes(`v=${changed}${rest}`));
    };
    await expect(play((signature) => signature)).resolves.toEqual(EMPTY);
    await expect(play((signature) => signature, ',x=1')).resolves.toEqual(EMPTY);
    await expect(play((signature) => signature, ',m=1')).rejects.toThrow(ProtocolError);
    await expect(play((signature) => signature.subarray(0, 31))).rejects.toThrow(ProtocolError);
    await expect(play((signature) => Buffer.concat([signature, Buffer.of(0)]))).rejects.toThrow(ProtocolError);
    for (const at of [0, 31]) {
      const flipped = (signature: Buffer) => signature.map((byte, i) => (i === at ? byte ^ 1 : byte)) as Buffer; // Buffer's own map
      await expect(play(flipped)).rejects.toMatchObject({ code: 'SCRAM_SIGNATURE' });
    }
  });

  it('refuses a server that knows another password', async () => {
    const mechanism = scram(CREDENTIALS);
    const liar = new ScramServer({ ...SERVER, pass: 'guess' });
    const clientFinal = await mechanism.respond(bytes(liar.first((await mechanism.initial?.()) ?? EMPTY)));
    expect(liar.final(clientFinal)).toBe('e=invalid-proof');
    await mechanism.respond(bytes('e=invalid-proof'));
    expect(() => mechanism.done?.()).toThrow(AuthenticationError);
  });

  it('refuses a second server-first-message while the first is being worked on', async () => {
    const mechanism = await begun();
    const first = bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096');
    const [one, two] = await Promise.allSettled([mechanism.respond(first), mechanism.respond(first)]);
    expect(one.status).toBe('fulfilled');
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'SASL_MALFORMED_CHALLENGE' } });
    expect(() => mechanism.done?.()).toThrow(ProtocolError);
  });

  it('refuses a challenge after the signature', async () => {
    const { mechanism, first, final } = await converse(CREDENTIALS, new ScramServer(SERVER));
    for (const challenge of ['', first, final]) {
      await expect(mechanism.respond(bytes(challenge))).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
    }
  });

  it.each([1, 2])('keeps the server’s error, as challenge %i, and answers it with nothing', async (place) => {
    const mechanism = await begun();
    if (place === 2) await mechanism.respond(bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096'));
    expect(await mechanism.respond(bytes('e=other-error'))).toEqual(EMPTY);
    expect(mechanism.failure).toBe('other-error');
    expect(() => mechanism.done?.()).toThrow('AUTHENTICATE SCRAM-SHA-256: the server answered NO other-error');
    const again = mechanism.respond(bytes('r=clisrv,s=QSXCR+Q6sek8bf92,i=4096'));
    await expect(again).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });

  it('reads a long challenge in linear time', async () => {
    const nasty = [
      `r=cli${'x'.repeat(16_000)}`,
      `r=clisrv,s=${'A'.repeat(16_000)}!`,
      `r=clisrv,s=QUJD,i=4096${',x=1'.repeat(4000)},`,
    ];
    for (const first of nasty) {
      await expect((await begun()).respond(bytes(first))).rejects.toMatchObject({ code: 'SASL_MALFORMED_CHALLENGE' });
    }
  });
});
