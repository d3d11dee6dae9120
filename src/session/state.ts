import type { ChannelBinding } from '../auth/scram.ts';
import { CommandError, type ResponseCode } from '../errors.ts';
import { Capabilities } from '../syntax/capability.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { Subscriber } from './command.ts';
import type { MailboxState } from './mailbox-state.ts';
import { kindByExtension, kindByGreeting, kindByName, type ServerKind } from './server-kind.ts';

const NOTHING_ENABLED: ReadonlySet<string> = new Set();
const NOTHING_CHOSEN: Chosen = {};
const NO_BINDINGS: readonly ChannelBinding[] = [];
const NO_SUBSCRIBERS: ReadonlySet<Subscriber> = new Set();
/** Limits of so many mailboxes are kept. */
const MOST_LIMITS = 10_000;

/** What LANGUAGE and COMPARATOR chose from (RFC 5255). */
interface Chosen {
  readonly languages?: readonly string[];
  readonly comparators?: readonly string[];
}

/** From the sending of a SELECT to its answer. */
interface Selecting {
  /** The mailbox that it leaves, until the server has closed that. */
  leaving: MailboxState | undefined;
  /** The last EXISTS until then, which may be of either. */
  exists: number | undefined;
}

/** What the connection as a whole is known to be. */
export class ConnectionState {
  /** Which server this is, where it needs what others don't. */
  server: ServerKind | undefined;
  /** The same by its greeting, else by its answer to ID. */
  introduced: ServerKind | undefined;
  /** The greeting came before TLS: anyone can have written it. */
  #greetedInCleartext = false;
  capabilities = Capabilities.none;
  /** False where the server has not told its capabilities since they were last forgotten. */
  capabilitiesKnown = false;
  enabled = NOTHING_ENABLED;
  chosen = NOTHING_CHOSEN;
  secure = false;
  authenticated = false;
  selected: MailboxState | undefined;
  /** Stands for what was last saved as `$` (RFC 5182): another object each time. */
  saved: object | undefined;
  /** A SELECT was sent, and not answered. */
  #selecting: Selecting | undefined;
  /** Its SELECT is to go without CONDSTORE: see selectsPlainly. */
  plainly: MailboxState | undefined;
  /** What an authentication can be bound to, the best first: nothing without TLS. */
  channelBindings = NO_BINDINGS;
  /** COMPRESS is in effect. */
  compressed = false;
  /** Where the server says that the user's mailboxes are (RFC 2221). */
  referral: string | undefined;
  /** IMAP4rev2 is spoken (RFC 9051). */
  rev2 = false;
  /** UTF-8 stands in quoted strings, and mailbox names are not encoded (RFC 9755 §3, RFC 9051 §5.1). */
  utf8 = false;
  /** NOTIFY has messages told as expunged whenever they are, within commands too (RFC 5465 §5.3). */
  expungesAnyTime = false;
  /** NOTIFY was sent: STATUS and LIST responses come unasked, too, perhaps some time after nobody listens any more. */
  notified = false;
  /** Of which size literals need no continuation request (RFC 7888). */
  nonSynchronizing: 'any' | 'small' | 'none' = 'none';
  /** Made when one is told: few connections append. */
  #appendLimits: Map<string, number | null> | undefined;

  /** Private, so that it outlives the connection: see Session.succeed. Few connections have any. */
  #subscribers: Set<Subscriber> | undefined;

  /** The text of the server's greeting, by which some servers are known. It is not kept. */
  set greeting(text: string) {
    this.introduced = kindByGreeting(text);
    this.#observe();
  }

  /** What the server calls itself in answer to ID, by which others are known. It is not kept. */
  set serverName(name: string | undefined) {
    this.introduced ??= kindByName(name);
    this.#observe();
  }

  /** It is this server for certain: only then is anything hidden, or not asked for, on account of it. */
  isCertainly(kind: ServerKind): boolean {
    return this.server === kind && (!this.#greetedInCleartext || kindByExtension(this.capabilities) === kind);
  }

  get subscribers(): ReadonlySet<Subscriber> {
    return this.#subscribers ?? NO_SUBSCRIBERS;
  }

  /** The mailbox that numbers of messages belong to. */
  get told(): MailboxState | undefined {
    return this.#selecting?.leaving ?? this.selected;
  }

  /**
   * A SELECT was sent. A server that sends CLOSED (RFC 7162 §3.2.11, RFC 9051 §7.1) tells of the mailbox that is left before
   * it, and of the new one behind it; one that does not, of the new one from its UIDVALIDITY on (RFC 3501 §6.3.1).
   */
  select(mailbox: MailboxState): void {
    this.#selecting = { leaving: this.selected, exists: undefined };
    this.selected = mailbox;
    mailbox.selecting();
  }

  /** A SELECT was answered. */
  entered(): void {
    this.#enter();
    this.#selecting = undefined;
  }

  /**
   * Tolerance: a server that offers CONDSTORE may not know it in SELECT (mail.gov.in: MailKit #757). What it does not
   * understand it is asked once more without. True: it will be.
   */
  selectsPlainly(mailbox: MailboxState, error: unknown): boolean {
    const bad = error instanceof CommandError && error.status === 'BAD';
    const again = bad && this.plainly !== mailbox && this.capabilities.has('CONDSTORE');
    this.plainly = again ? mailbox : undefined;
    return again;
  }

  /** It was selected so: the server has no more of CONDSTORE than its name. */
  selectedPlainly(): void {
    this.plainly = undefined;
    this.lack(['CONDSTORE', 'QRESYNC']);
  }

  /** The server offers these and has none of them. False: what else it offers would promise them. */
  lack(names: readonly string[]): boolean {
    const left = [...this.capabilities.names].filter((name) => !names.includes(name));
    const others = Capabilities.of(left, this.rev2);
    if (names.some((name) => others.has(name))) return false;
    this.setCapabilities(left);
    return true;
  }

  #enter(): void {
    if (this.#selecting?.leaving === undefined) return;
    this.#selecting.leaving = undefined;
    const { exists } = this.#selecting;
    if (exists !== undefined) this.selected?.observeExists(exists);
  }

  observeExists(count: number): void {
    if (this.#selecting?.leaving === undefined) this.selected?.observeExists(count);
    else this.#selecting.exists = count;
  }

  /** A response code that describes the selected mailbox. */
  observeCode(code: ResponseCode): void {
    // Where no other takes its place (RFC 9051 §3).
    if (code.name === 'CLOSED' && this.#selecting === undefined) this.selected = undefined;
    if (this.#selecting?.leaving !== undefined) {
      if (code.name === 'CLOSED') {
        this.#selecting.leaving = undefined;
        this.selected?.forget();
      } else if (code.name === 'UIDVALIDITY') {
        this.#enter();
      }
    }
    this.selected?.observeCode(code);
  }

  /** Until the returned function is called. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers ??= new Set();
    this.#subscribers.add(subscriber);
    return () => this.#subscribers?.delete(subscriber);
  }

  setCapabilities(words: readonly string[]): void {
    this.capabilities = Capabilities.of(words);
    this.capabilitiesKnown = true;
    this.#observe();
  }

  /** After TLS what was said before it is void (RFC 3501 §6.2.1). */
  forgetCleartext(): void {
    this.#greetedInCleartext = true;
    this.capabilities = Capabilities.none;
    this.capabilitiesKnown = false;
    this.enabled = NOTHING_ENABLED;
    this.#observe();
  }

  /** Bytes that a message may have to be appended to this mailbox, where that is known (RFC 7889). */
  appendLimit(mailbox: string): number | undefined {
    return this.capabilities.appendLimit ?? this.#appendLimits?.get(canonicalMailboxName(mailbox)) ?? undefined;
  }

  /** What STATUS told of a mailbox's limit; null: it has none. */
  setAppendLimit(mailbox: string, limit: number | null): void {
    this.#appendLimits ??= new Map();
    if (this.#appendLimits.size < MOST_LIMITS) this.#appendLimits.set(mailbox, limit);
  }

  /** After UNAUTHENTICATE nothing is left of the user's session (RFC 8437 §3). Capabilities that came with its answer hold. */
  forgetUser(): void {
    this.authenticated = false;
    this.selected = undefined;
    this.referral = undefined;
    this.#appendLimits = undefined;
    this.expungesAnyTime = false;
    this.notified = false;
    this.chosen = NOTHING_CHOSEN;
    this.enabled = NOTHING_ENABLED;
    this.#observe();
  }

  enable(names: Iterable<string>): void {
    this.enabled = new Set([...this.enabled, ...names]);
    this.#observe();
  }

  /** What follows from greeting, capabilities and ENABLED: every command asks for it. */
  #observe(): void {
    this.rev2 = this.enabled.has('IMAP4REV2') || this.capabilities.onlyRev2;
    if (this.capabilities.rev2 !== this.rev2)
      this.capabilities = Capabilities.of([...this.capabilities.names], this.rev2);
    const { capabilities } = this;
    this.server = this.introduced ?? kindByExtension(capabilities);
    this.utf8 = this.enabled.has('UTF8=ACCEPT') || this.rev2;
    this.nonSynchronizing = capabilities.has('LITERAL+') ? 'any' : capabilities.has('LITERAL-') ? 'small' : 'none';
  }
}
