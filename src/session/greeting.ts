import type { ImapError } from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';

/** The first response of a connection (RFC 3501 §7.1): told once, whether it or who waits for it comes first. */
export class Greeting {
  #status: StatusResponse | undefined;
  #waiter: { resolve(status: StatusResponse): void; reject(error: ImapError): void } | undefined;

  /** `failure`: why there will be none, where it has not come. */
  wait(failure: ImapError | undefined): Promise<StatusResponse> {
    return new Promise((resolve, reject) => {
      if (this.#status !== undefined) resolve(this.#status);
      else if (failure !== undefined) reject(failure);
      else this.#waiter = { resolve, reject };
    });
  }

  come(status: StatusResponse): void {
    if (this.#waiter === undefined) this.#status = status;
    else this.#waiter.resolve(status);
    this.#waiter = undefined;
  }

  /** It will not come any more. */
  fail(error: ImapError): void {
    this.#waiter?.reject(error);
  }
}
