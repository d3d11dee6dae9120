import { writeBody, writeEnvelope } from './body-structure.ts';
import { Header } from './header.ts';
import { type Part, parseStructure } from './structure.ts';

/** The bytes of a message and what is known of them, found when first asked for and then kept. */
export class MessageContent {
  #header: Header | undefined;
  #root: Part | undefined;
  #envelope: string | undefined;
  #body: string | undefined;
  #bodyStructure: string | undefined;

  constructor(readonly raw: Buffer) {}

  get header(): Header {
    this.#header ??= this.#root?.header ?? new Header(this.raw, 0);
    return this.#header;
  }

  get root(): Part {
    this.#root ??= parseStructure(this.raw);
    return this.#root;
  }

  /** As FETCH ENVELOPE gives it, one character a byte; so are the next two. */
  get envelope(): string {
    this.#envelope ??= writeEnvelope(this.header);
    return this.#envelope;
  }

  get body(): string {
    this.#body ??= writeBody(this.root, false);
    return this.#body;
  }

  get bodyStructure(): string {
    this.#bodyStructure ??= writeBody(this.root, true);
    return this.#bodyStructure;
  }
}
