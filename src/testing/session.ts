import { Arguments } from './arguments.ts';
import { announced, isAnnounced, type Standing } from './capabilities.ts';
import type { Completion, ServerCommand, SessionState } from './command.ts';
import type { LiteralAnnouncement, RawCommand } from './command-input.ts';
import { findCommand } from './commands/index.ts';
import type { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { isUidOnly, normalized, usesUtf8 } from './dialect.ts';
import { utf8Bytes } from './format.ts';
import { InputEnded } from './input.ts';
import { DEFAULT_LANGUAGE, translated } from './language.ts';
import type { Mailbox } from './mailbox.ts';
import type { Notify } from './notify.ts';
import { DEFAULT_COLLATION } from './order/collation.ts';
import { bad, no, Refusal } from './refusal.ts';
import { writeChanges } from './report.ts';
import { requireRights } from './rights.ts';
import type { Account } from './store.ts';
import { View } from './view.ts';

/** More bad commands in a row than a client makes: something else speaks here. */
const MAX_BAD = 20;
/** Before login nobody needs more. */
const MAX_EARLY_LITERAL = 64 * 1024;
const MAX_LITERALS = 10_000;

/** What one connection is in the middle of: its user, its selected mailbox, what it has enabled. */
export class Session {
  account: Account | undefined;
  /** Of the command that runs. */
  tag = '';
  readonly enabled = new Set<string>();
  /** What the client is to be told unasked (RFC 5465). */
  notify: Notify | undefined;
  /** Of the texts that people read (RFC 5255 §3). */
  language = DEFAULT_LANGUAGE;
  /** How SEARCH, SORT and THREAD compare texts (RFC 5255 §4). */
  collation = DEFAULT_COLLATION;
  /** Who has logged in. */
  #user = '';
  #view: View | undefined;
  #ended = false;
  #badInARow = 0;
  #idling = false;
  #running: ServerCommand | undefined;
  #reportPlanned = false;

  constructor(
    readonly context: ServerContext,
    readonly connection: Connection,
  ) {}

  get state(): SessionState {
    if (this.#ended) return 'logout';
    if (!this.account) return 'not authenticated';
    return this.#view ? 'selected' : 'authenticated';
  }

  // ── Capabilities ──

  get #standing(): Standing {
    return {
      authenticated: this.account !== undefined,
      secure: this.connection.secure,
      tlsPossible: this.context.secureContext !== undefined,
      plaintextRefused: this.context.requireTls,
      appendLimit: this.context.maxLiteral,
    };
  }

  /** Whether this server has the capability at all, wherever the session stands. */
  offers(name: string): boolean {
    return this.context.honoured.has(name);
  }

  /** Whether the capability is announced now. */
  announces(name: string): boolean {
    return this.offers(name) && isAnnounced(name, this.#standing);
  }

  get capabilities(): string {
    return announced(this.context.offered, this.#standing).join(' ');
  }

  // ── Login ──

  /** Checks a password and logs in. */
  authenticate(user: string, password: string, authzid = ''): Completion {
    if (this.context.users.get(user) !== password) throw no('Authentication failed', 'AUTHENTICATIONFAILED');
    return this.logIn(user, authzid);
  }

  /** For mechanisms that have checked the credentials themselves. */
  logIn(user: string, authzid = ''): Completion {
    this.#user = user;
    this.actFor(authzid || user);
    return { text: 'Logged in', code: `CAPABILITY ${this.capabilities}` };
  }

  /** From here on the mail is that of this user: for others than oneself only administrators may. */
  actFor(user: string): void {
    const { administrators, users, store } = this.context;
    const may = user === this.#user || administrators.has(this.#user);
    if (!may || !users.has(user)) throw no('Not allowed to act for another user', 'AUTHORIZATIONFAILED');
    this.deselect();
    this.#stopNotify();
    this.account = store.account(user);
  }

  /** RFC 8437 §3: nothing stays that came with the login or after it. */
  logOut(): void {
    this.deselect();
    this.#stopNotify();
    this.account = undefined;
    this.enabled.clear();
    this.language = DEFAULT_LANGUAGE;
    this.collation = DEFAULT_COLLATION;
  }

  // ── Writing ──

  write(data: string | Buffer): void {
    this.connection.output.write(data);
  }

  untagged(line: string): void {
    this.connection.output.write(`* ${line}\r\n`);
  }

  /** What somebody outside has put in words. */
  #untaggedText(line: string): void {
    this.untagged(utf8Bytes(line));
  }

  // ── What the client has enabled ──

  /** The first command that needs modseqs switches them on (RFC 7162 §3.1); the mailbox that is open then tells its own. */
  useModseqs(): void {
    if (this.enabled.has('CONDSTORE')) return;
    this.enabled.add('CONDSTORE');
    if (this.#view) this.untagged(`OK [HIGHESTMODSEQ ${this.#view.mailbox.highestModseq}] Highest`);
  }

  get usesModseqs(): boolean {
    return this.enabled.has('CONDSTORE');
  }

  // ── The selected mailbox ──

  /** For commands of the selected state, which cannot run without. */
  get view(): View {
    if (!this.#view) throw bad('No mailbox selected');
    return this.#view;
  }

  get writableView(): View {
    if (this.view.readOnly) throw no('Mailbox is read-only', 'READ-ONLY');
    return this.view;
  }

  /** For commands that take messages away. */
  get expungeableView(): View {
    requireRights(this, this.writableView.mailbox, 'e');
    return this.view;
  }

  get selectedMailbox(): Mailbox | undefined {
    return this.#view?.mailbox;
  }

  select(mailbox: Mailbox, readOnly: boolean): View {
    this.deselect();
    this.#view = new View(mailbox, readOnly, {
      changed: () => this.planReport(),
      gone: (reason) => this.#lose(reason),
    });
    if (this.offers('SEARCHRES')) this.#view.save([]);
    return this.#view;
  }

  /** Whoever deletes or renames what they have selected is not sent away as the others are: they have closed it. */
  #lose(reason: string): void {
    if (/^(DELETE|RENAME)$/.test(this.#running?.name ?? '')) this.deselect();
    else this.bye(reason);
  }

  deselect(): void {
    this.#view?.close();
    this.#view = undefined;
  }

  /** Of commands of the authenticated state. */
  get mail(): Account {
    if (!this.account) throw bad('Not authenticated');
    return this.account;
  }

  /** A mailbox of which the user has these rights. That there is none SELECT and STATUS tell by no code, as with Dovecot and Cyrus. */
  mailbox(name: string, code?: string, rights = ''): Mailbox {
    const mailbox = this.mail.mailbox(normalized(this, name));
    if (mailbox) {
      requireRights(this, mailbox, rights);
      return mailbox;
    }
    if (this.mail.hasChildren(name)) throw no('Mailbox cannot be selected', 'CANNOT');
    throw no("Mailbox doesn't exist", code);
  }

  // ── Reporting what others did ──

  /**
   * Writes what has happened in the selected mailbox: EXPUNGE only where sequence numbers may move, UIDs with a UID command
   * (RFC 3501 §6.4.8).
   */
  report(withExpunges: boolean, withUids = false): void {
    const { notify } = this;
    notify?.write();
    const view = this.#view;
    if (!view || (notify && !notify.selected && !this.#removes)) return;
    if (withExpunges) view.contexts.reportExpunged(this, view);
    const changes = view.takeChanges(withExpunges);
    if (notify?.selected?.events.has('FLAGCHANGE') === false) changes.messages = [];
    writeChanges(this, view, changes, withUids);
    notify?.writeArrivals(view, changes.arrived);
    view.contexts.reportChanged(this, view);
  }

  /** In IDLE, and between commands where NOTIFY asks for it, news goes out at once, what happens in one turn of the loop together. */
  planReport(): void {
    if (!this.#mayPush || this.#reportPlanned) return;
    this.#reportPlanned = true;
    queueMicrotask(() => {
      this.#reportPlanned = false;
      if (!this.#mayPush) return;
      this.report(this.#idling || this.notify?.selected?.filter.kind === 'SELECTED');
      this.connection.output.flush();
    });
  }

  get #mayPush(): boolean {
    return this.#idling || (this.notify !== undefined && this.#running === undefined && !this.#ended);
  }

  /** The command that runs is answered with what it has taken away, whatever NOTIFY says. */
  get #removes(): boolean {
    return /EXPUNGE|MOVE|REPLACE/.test(this.#running?.name ?? '');
  }

  #stopNotify(): void {
    this.notify?.stop();
    this.notify = undefined;
  }

  startIdle(): void {
    this.#idling = true;
    this.report(true);
  }

  endIdle(): void {
    this.#idling = false;
  }

  // ── Commands ──

  /** Whether the literal that a command announces will be taken. */
  checkLiteral(raw: RawCommand, literal: LiteralAnnouncement): void {
    const plus = this.offers('LITERAL+') || (this.offers('LITERAL-') && literal.size <= 4096);
    if (literal.nonSynchronizing && !plus) throw bad('Non-synchronizing literal not allowed here');
    if (literal.binary && !this.offers('BINARY')) throw bad('literal8 not allowed here');
    if (!this.account && literal.size > MAX_EARLY_LITERAL) throw bad('Literal too big before login', 'TOOBIG');
    if (literal.size > this.context.maxLiteral) throw no('Literal too big', 'TOOBIG');
    if (raw.literals.length >= MAX_LITERALS) throw bad('Too many literals', 'TOOBIG');
    const args = new Arguments(raw, usesUtf8(this), this.account?.delimiter);
    const { command, byUid } = this.#parseName(args);
    if (command?.checkLiteral && this.#mayRun(command)) command.checkLiteral(this, args, literal, byUid);
  }

  #parseName(args: Arguments): { tag: string | undefined; command: ServerCommand | undefined; byUid: boolean } {
    const tag = args.tag();
    if (tag === undefined || !args.take(' ')) return { tag: undefined, command: undefined, byUid: false };
    const word = args.match(/[A-Za-z0-9-]+/y)?.toUpperCase() ?? '';
    const byUid = word === 'UID' && args.take(' ');
    const name = byUid ? `UID ${args.match(/[A-Za-z0-9-]+/y)?.toUpperCase() ?? ''}` : word;
    const command = findCommand(name);
    const needed = command?.capability ?? [];
    const exists = command && (needed.length === 0 || [needed].flat().some((one) => this.offers(one)));
    return { tag, command: exists ? command : undefined, byUid };
  }

  #mayRun({ state }: ServerCommand): boolean {
    if (state === 'any') return true;
    return state === this.state || (state === 'authenticated' && this.state === 'selected');
  }

  async execute(raw: RawCommand, refusal?: Refusal): Promise<void> {
    const args = new Arguments(raw, usesUtf8(this), this.account?.delimiter);
    const { tag, command, byUid } = this.#parseName(args);
    if (tag === undefined) {
      this.untagged('BAD Command without a tag');
      this.#countBad();
      return;
    }
    this.tag = tag;
    try {
      if (refusal) throw refusal;
      if (!command) throw bad('Unknown command');
      if (!this.#mayRun(command)) throw bad(`Command not allowed in state "${this.state}"`);
      if (command.withUid && !byUid && isUidOnly(this)) throw bad('Messages are named by UID alone', 'UIDREQUIRED');
      this.#running = command;
      const intercepted = await this.#intercepted(raw);
      if (this.#ended) return;
      const completion = intercepted ?? (await command.run(this, args, byUid));
      this.#badInARow = 0;
      this.#reportBehind(command, byUid);
      this.#tagged(tag, 'OK', completion.text, completion.code);
      completion.after?.();
    } catch (error) {
      // There is nobody to be answered.
      if (error instanceof InputEnded) throw error;
      const answer = error instanceof Refusal ? error : this.#internalError(error);
      // The client is to see at once which messages are gone.
      if (command && answer.code === 'EXPUNGEISSUED') this.#reportBehind(command, byUid);
      this.#tagged(tag, answer.status, answer.message, answer.code);
      if (answer.status === 'BAD') this.#countBad();
      else this.#badInARow = 0;
    } finally {
      this.#running = undefined;
      // What could not be told while it ran.
      if (this.notify) this.planReport();
    }
  }

  #reportBehind({ tells }: ServerCommand, byUid: boolean): void {
    if (tells) this.report(tells === 'everything' || byUid, byUid);
  }

  /** What a test has a command answered with in its place. */
  async #intercepted(raw: RawCommand): Promise<Completion | undefined> {
    const { intercept } = this.context;
    if (!intercept) return undefined;
    // What others before it are answered with is not held up.
    this.connection.output.flush();
    const text = raw.lines.join('').replace(/^[^ ]* /, '');
    const name = /^(?:UID )?[^ ]*/i.exec(text)?.[0].toUpperCase() ?? '';
    const answer = await intercept({ connection: this.connection.id, user: this.account?.user, name, text });
    if (answer === undefined) return undefined;
    const [, status, code, words = ''] = /^(OK|NO|BAD|BYE) (?:\[(.*?)\](?: |$))?(.*)$/.exec(answer) ?? [];
    if (status === 'NO' || status === 'BAD') throw new Refusal(status, words, code);
    if (status === 'OK') return { text: words, code };
    if (status !== 'BYE') throw new RangeError(`Not an answer: ${answer}`);
    this.bye(words, code);
    return undefined;
  }

  #tagged(tag: string, status: string, text: string, code: string | undefined): void {
    this.write(
      `${tag} ${status} ${code === undefined ? '' : `[${code}] `}${utf8Bytes(translated(text, this.language))}\r\n`,
    );
  }

  /** A fault of this server must not look like a fault of the client, nor end the process. */
  #internalError(error: unknown): Refusal {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return no(`Internal error: ${text.replace(/[^\x20-\x7e]/g, ' ').slice(0, 500)}`, 'SERVERBUG');
  }

  #countBad(): void {
    if (++this.#badInARow >= MAX_BAD) this.bye('Too many bad commands');
  }

  /** The greeting: as it stands where it is an OK, BYE or PREAUTH of its own, else with the capabilities before it. */
  greet(): void {
    const { greeting, store } = this.context;
    const status = /^(OK|BYE|PREAUTH)\b/.exec(greeting)?.[0];
    if (status === 'PREAUTH') this.logIn(store.account().user);
    this.#untaggedText(status ? greeting : `OK [CAPABILITY ${this.capabilities}] ${greeting}`);
    if (status === 'BYE') this.end();
  }

  // ── The end ──

  /** BYE and the end of the connection. */
  bye(text: string, code?: string): void {
    if (this.#ended) return;
    this.#untaggedText(`BYE ${code === undefined ? '' : `[${code}] `}${text}`);
    this.end();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#idling = false;
    this.deselect();
    this.#stopNotify();
    this.connection.finish();
  }
}
