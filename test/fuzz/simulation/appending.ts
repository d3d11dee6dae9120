/** Messages that one session brings, in all the ways that there are. */
import type { AppendMessage, ImapClient } from '../../../src/index.ts';
import { ABORTED, type Choices } from './choices.ts';
import type { Expectations } from './expectations.ts';
import { turns } from './pieces.ts';
import type { World } from './world.ts';

/** With which messages may come. */
const FLAGS = ['\\Seen', '\\Flagged', '$brought'];

export class Appending {
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #user: () => string | undefined;

  constructor(
    world: World,
    client: ImapClient,
    choices: Choices,
    expect: Expectations,
    user: () => string | undefined,
  ) {
    this.#world = world;
    this.#client = client;
    this.#choices = choices;
    this.#expect = expect;
    this.#user = user;
  }

  all(): Record<string, (label: string) => Promise<unknown>> {
    return {
      append: (label) => this.#append(label),
      appendBeside: (label) => this.#beside(label),
      appendMany: (label) => this.#many(label),
      appendBroken: (label) => this.#broken(label),
    };
  }

  /** Sometimes as a stream, and with flags. */
  #message(subject: string): AppendMessage {
    const { content } = this.#choices.message(subject);
    const flags = FLAGS.filter(() => this.#choices.odds(4));
    this.#world.truth.brought.set(subject, flags);
    const streamed = this.#choices.odds(3);
    return {
      content: streamed ? { size: content.length, stream: this.#stream(content) } : content,
      ...(flags.length > 0 ? { flags } : {}),
    };
  }

  async *#stream(content: string): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; ) {
      await turns(this.#world.random.below(4));
      const end = at + 1 + this.#world.random.below(6000);
      yield Buffer.from(content.slice(at, end));
      at = end;
    }
  }

  /** It was not stored, the caller was told. */
  #refuse(label: string, subjects: Iterable<string>): void {
    for (const subject of subjects) this.#world.truth.refused.set(subject, label);
  }

  async #append(label: string, name = this.#choices.name()): Promise<void> {
    const user = this.#user();
    const subject = this.#world.unique('appended');
    const result = await this.#client.append(name, this.#message(subject), this.#choices.options()).catch((error) => {
      if (this.#expect.isRefused(error) || this.#expect.isUndone(error)) this.#refuse(label, [subject]);
      throw error;
    });
    if (!this.#world.truth.isStored(subject)) this.#expect.tell(label, `${subject} was not stored`);
    this.#expect.appended(label, result, user, name, subject);
  }

  /** Several single ones, which may go as one command. */
  async #beside(label: string): Promise<void> {
    const name = this.#choices.name();
    const count = 2 + this.#world.random.below(4);
    const all = await Promise.allSettled(Array.from({ length: count }, () => this.#append(label, name)));
    for (const one of all) if (one.status === 'rejected') this.#expect.failure(label, one.reason);
  }

  async #many(label: string): Promise<void> {
    const user = this.#user();
    const name = this.#choices.name();
    const subjects = Array.from({ length: 3 }, () => this.#world.unique('appended'));
    const told = new Set<string>();
    const stored = (result: { uid?: number; uidValidity?: number }, index: number) => {
      const subject = subjects[index] ?? '';
      if (told.has(subject)) this.#expect.tell(label, `${subject} was told as stored twice`);
      told.add(subject);
      if (!this.#world.truth.isStored(subject)) this.#expect.tell(label, `${subject} was told as stored, and is not`);
      this.#expect.appended(label, result, user, name, subject);
    };
    const results = await this.#client
      .append(name, this.#given(subjects), { ...this.#choices.options(), stored })
      .catch((error) => {
        if (this.#expect.isUndone(error)) this.#refuse(label, subjects);
        if (this.#expect.isRefused(error))
          this.#refuse(
            label,
            subjects.filter((one) => !told.has(one)),
          );
        throw error;
      });
    for (const [at, result] of results.entries()) {
      const subject = subjects[at] ?? '';
      if (!told.has(subject)) this.#expect.tell(label, `${subject} was not told as stored`);
      this.#expect.appended(label, result, user, name, subject);
    }
  }

  async *#given(subjects: readonly string[]): AsyncGenerator<AppendMessage> {
    for (const subject of subjects) {
      await turns(this.#world.random.below(4));
      yield this.#message(subject);
    }
  }

  /** A stream that fails, or that gives more or less than its size: nothing of it is stored. */
  async #broken(label: string): Promise<void> {
    const subject = this.#world.unique('broken');
    const { content } = this.#choices.message(subject);
    const how = this.#world.random.below(3);
    const stream = this.#stream(how === 1 ? content.slice(1) : content);
    const failing = async function* () {
      yield* stream;
      if (how === 0) throw ABORTED;
      if (how === 2) yield Buffer.from('more');
    };
    this.#refuse(label, [subject]);
    const message = { content: { size: content.length + (how === 0 ? 1 : 0), stream: failing() } };
    await this.#client.append(this.#choices.name(), message, this.#choices.options());
    this.#expect.tell(label, `${subject} was stored, it was told`);
  }
}
