/** A command that ends in NO or BAD: thrown anywhere below it, written by the session. */
export class Refusal extends Error {
  constructor(
    readonly status: 'NO' | 'BAD',
    text: string,
    /** A response code without its brackets (RFC 3501 §7.1, RFC 5530). */
    readonly code?: string,
  ) {
    super(text);
  }
}

export function no(text: string, code?: string): Refusal {
  return new Refusal('NO', text, code);
}

export function bad(text: string, code?: string): Refusal {
  return new Refusal('BAD', text, code);
}
