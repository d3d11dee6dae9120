import { Duplex } from 'node:stream';

/**
 * Things handed on in order, each after a delay, with one timer.
 * @template T
 */
class DelayLine {
  /** @type {{ at: number, item: T }[]} */ #waiting = [];
  #head = 0;
  /** @type {NodeJS.Timeout | undefined} */ #timer;
  #deliver;

  /** @param {(item: T) => void} deliver */
  constructor(deliver) {
    this.#deliver = deliver;
  }

  /** @param {T} item @param {number} at by performance.now() */
  add(item, at) {
    this.#waiting.push({ at, item });
    this.#timer ??= this.#arm(at);
  }

  /** @param {number} at */
  #arm(at) {
    return setTimeout(() => this.#run(), Math.max(1, Math.round(at - performance.now())));
  }

  #run() {
    this.#timer = undefined;
    // a timer may be up to half a millisecond early after rounding
    const now = performance.now() + 0.5;
    for (let next = this.#waiting[this.#head]; next && next.at <= now; next = this.#waiting[this.#head]) {
      this.#head++;
      this.#deliver(next.item);
    }
    const next = this.#waiting[this.#head];
    if (next) {
      this.#timer = this.#arm(next.at);
    } else {
      this.#waiting = [];
      this.#head = 0;
    }
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

/**
 * A socket as it looks from the far end of a link with a round trip of `rtt` ms. On loopback a connection stands at
 * once; over the link it would take a round trip, so nothing that the client sends in the first `rtt` ms is on its way
 * before they are over, and the server learns of the connection (`opened`) half a round trip later.
 */
export class Link extends Duplex {
  #socket;
  #half;
  #established;
  /** @type {DelayLine<Buffer | null>} */ #inward;
  /** @type {DelayLine<Buffer | null>} */ #outward;

  /** @param {import('node:net').Socket} socket @param {number} rtt @param {(link: Link) => void} opened */
  constructor(socket, rtt, opened) {
    super();
    this.#socket = socket;
    this.#half = rtt / 2;
    this.#established = performance.now() + rtt;
    this.#inward = new DelayLine((chunk) => this.push(chunk));
    this.#outward = new DelayLine((chunk) => (chunk ? socket.write(chunk) : socket.end()));
    const opening = new DelayLine(() => opened(this));
    opening.add(undefined, this.#established + this.#half);
    const arrives = () => Math.max(performance.now(), this.#established) + this.#half;
    socket.on('data', (chunk) => this.#inward.add(chunk, arrives()));
    socket.on('end', () => this.#inward.add(null, arrives()));
    socket.on('error', () => this.destroy());
    socket.on('close', () => {
      opening.stop();
      this.destroy();
    });
  }

  /** @override */
  _read() {}

  /** @override @param {Buffer} chunk @param {string} _encoding @param {() => void} done */
  _write(chunk, _encoding, done) {
    this.#outward.add(chunk, performance.now() + this.#half);
    done();
  }

  /** @override @param {() => void} done */
  _final(done) {
    this.#outward.add(null, performance.now() + this.#half);
    done();
  }

  /** @override @param {Error | null} error @param {(error: Error | null) => void} done */
  _destroy(error, done) {
    this.#inward.stop();
    this.#outward.stop();
    this.#socket.destroy();
    done(error);
  }
}
