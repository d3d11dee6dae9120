import type { Transport } from '../../../src/session/output.ts';

/** Records what a session does to its transport; says so where it is full. */
export class FakeTransport implements Transport {
  /** Each write since the last take(), latin1. */
  writes: string[] = [];
  paused = false;
  closed = false;
  /** write() answers false until drain(). */
  full = false;
  #waiting: (() => void)[] = [];

  write(data: string | Uint8Array): boolean {
    if (this.closed) throw new Error('written after close');
    this.writes.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
    return !this.full;
  }

  drained(): Promise<void> {
    if (!this.full || this.closed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  drain(): void {
    this.full = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(): void {
    this.closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** What was written since the last call. */
  take(): string {
    return this.writes.splice(0).join('');
  }
}
