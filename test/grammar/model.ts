/** What a response means, from the RFCs alone, in plain JSON: nothing here comes from src. */
import { all, first, type Node } from './abnf.ts';
import { decodeName, stringIn, stringOrNil } from './builtins.ts';

type Plain = unknown;

const SYSTEM = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent'];
const LIST_FLAGS =
  '\\Noselect \\Noinferiors \\Marked \\Unmarked \\NonExistent \\HasChildren \\HasNoChildren \\Subscribed \\Remote \\All \\Archive \\Drafts \\Flagged \\Junk \\Sent \\Trash \\Important \\Inbox \\NoAccess'.split(
    ' ',
  );

export function textsOf(node: Node, rule: string): string[] {
  return all(node, rule).map(({ text }) => text);
}

export function textOf(node: Node, rule: string): string {
  return first(node, rule)?.text ?? '';
}

function valuesOf(node: Node, rule: string): string[] {
  return textsOf(node, rule).map(stringIn);
}

function unicode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function canonical(flags: readonly string[], known: readonly string[]): string[] {
  return [...new Set(flags.map((flag) => known.find((one) => one.toLowerCase() === flag.toLowerCase()) ?? flag))];
}

function numberOf(node: Node, rule: string): number | undefined {
  const text = first(node, rule)?.text;
  return text === undefined ? undefined : Number(text);
}

function lastOf(node: Node, rule: string): string | undefined {
  return all(node, rule).at(-1)?.text;
}

/** Without the keys that have no value. */
function object(entries: Record<string, Plain>): Record<string, Plain> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function time(text: string): string {
  const [, day = '', month, year, clock, sign, hours = '', minutes = ''] =
    /^"?([ \d]\d)-(\w{3})-(\d{4}) ([\d:]{8}) ([+-])(\d\d)(\d\d)"?$/.exec(text) ?? [];
  const zone = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return new Date(Date.parse(`${day.trim()} ${month} ${year} ${clock} GMT`) - zone * 60_000).toISOString();
}

function section(node: Node): string {
  const spec = first(node, 'section-spec')?.text ?? first(node, 'section-part')?.text ?? '';
  const list = first(node, 'header-list');
  if (list === undefined) return spec.toUpperCase();
  const head = spec.substring(0, spec.indexOf(' (')).toUpperCase();
  return `${head} (${valuesOf(list, 'header-fld-name')
    .map((name) => name.toUpperCase())
    .join(' ')})`;
}

function address(node: Node): Plain {
  const name = stringOrNil(textOf(node, 'addr-name'));
  const at = `${stringIn(textOf(node, 'addr-mailbox'))}@${stringIn(textOf(node, 'addr-host'))}`;
  return name === null || name === '' ? { address: at } : { name, address: at };
}

function addresses(node: Node | undefined): Plain[] {
  return (node?.within ?? []).flatMap((list) =>
    list.within.flatMap((one) => {
      if (one.rule === 'address') return [address(one)];
      if (one.rule !== 'group') return [];
      return [{ group: stringIn(textOf(one, 'group-name')), members: all(one, 'address').map(address) }];
    }),
  );
}

function envelope(node: Node): Plain {
  const from = addresses(first(node, 'env-from'));
  const sender = addresses(first(node, 'env-sender'));
  const replyTo = addresses(first(node, 'env-reply-to'));
  const field = (rule: string) => stringOrNil(textOf(node, rule)) ?? undefined;
  const author = from.length > 0 ? from : sender;
  return object({
    subject: field('env-subject'),
    from: author,
    sender: sender.length > 0 ? sender : author,
    replyTo: replyTo.length > 0 ? replyTo : author,
    to: addresses(first(node, 'env-to')),
    cc: addresses(first(node, 'env-cc')),
    bcc: addresses(first(node, 'env-bcc')),
    // White space behind an ID is no part of it.
    inReplyTo: field('env-in-reply-to')?.trimEnd(),
    messageId: field('env-message-id')?.trimEnd(),
    raw: object({ date: field('env-date'), subject: field('env-subject') }),
  });
}

function params(node: Node | undefined): Plain {
  const found = new Map<string, string>();
  for (const one of node === undefined ? [] : all(node, 'param')) {
    const name = stringIn(textOf(one, 'param-name')).toLowerCase();
    if (!found.has(name)) found.set(name, stringIn(textOf(one, 'param-value')));
  }
  return Object.fromEntries(found);
}

function extension(node: Node | undefined): Record<string, Plain> {
  if (node === undefined) return {};
  const dsp = node.within.find(({ rule }) => rule === 'body-fld-dsp');
  const type = dsp && first(dsp, 'dsp-type');
  const lang = node.within.find(({ rule }) => rule === 'body-fld-lang');
  const languages = lang === undefined ? [] : valuesOf(lang, 'language');
  const loc = node.within.find(({ rule }) => rule === 'body-fld-loc');
  const md5 = node.within.find(({ rule }) => rule === 'body-fld-md5');
  return {
    disposition: type &&
      dsp && { type: stringIn(type.text).toLowerCase(), params: params(first(dsp, 'body-fld-param')) },
    language: languages.length === 0 ? undefined : languages,
    location: (loc && stringOrNil(loc.text)) ?? undefined,
    md5: (md5 && stringOrNil(md5.text)) ?? undefined,
  };
}

export function body(node: Node, part = '1', multipart = ''): Plain {
  const [kind] = node.within;
  if (kind === undefined) throw new Error('A body of no type');
  if (kind.rule === 'body-type-mpart') {
    const prefix = multipart === '' ? '' : `${multipart}.`;
    const ext = kind.within.find(({ rule }) => rule === 'body-ext-mpart');
    return object({
      part: multipart,
      type: `multipart/${stringIn(kind.within.find(({ rule }) => rule === 'media-subtype')?.text ?? '').toLowerCase()}`,
      params: params(ext?.within.find(({ rule }) => rule === 'body-fld-param')),
      ...extension(ext),
      parts: kind.within
        .filter(({ rule }) => rule === 'body')
        .map((one, index) => body(one, `${prefix}${index + 1}`, `${prefix}${index + 1}`)),
    });
  }
  const [typed] = kind.within;
  const [media] = typed?.within ?? [];
  if (typed === undefined || media === undefined) throw new Error('A part of no type');
  const [type = '', subtype = ''] = media.text.includes('"') || media.text.includes('{') ? words(media.text) : [];
  const fields = first(typed, 'body-fields');
  if (fields === undefined) throw new Error('A part without fields');
  const own = (rule: string) => typed.within.find((one) => one.rule === rule);
  const inner = own('body');
  const header = own('envelope');
  const lines = own('body-fld-lines');
  return object({
    part,
    type: `${type}/${subtype}`.toLowerCase(),
    params: params(first(fields, 'body-fld-param')),
    id: stringOrNil(textOf(fields, 'body-fld-id')) ?? undefined,
    description: stringOrNil(textOf(fields, 'body-fld-desc')) ?? undefined,
    encoding: stringIn(textOf(fields, 'body-fld-enc')).toLowerCase(),
    size: numberOf(fields, 'body-fld-octets'),
    envelope: header && envelope(header),
    body: inner && body(inner, `${part}.1`, part),
    lines: lines && Number(lines.text),
    ...extension(kind.within.find(({ rule }) => rule === 'body-ext-1part')),
  });
}

/** Two strings with a space between them. */
function words(text: string): string[] {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0];
  const literal = /^\{(\d+)\}\r\n/.exec(text);
  const one = quoted ?? text.substring(0, (literal?.[0].length ?? 0) + Number(literal?.[1]));
  return [stringIn(one), stringIn(text.substring(one.length + 1))];
}

export function fetched(node: Node): Plain {
  const data: Record<string, Plain> = {};
  const [number] = node.within.filter(({ rule }) => rule === 'nz-number');
  data.uid = node.rule === 'uidfetch-response' ? Number(number?.text) : 0;
  if (node.rule === 'fetch-response') data.seq = Number(number?.text);
  const sections: Plain[] = [];
  for (const [item] of all(node, 'msg-att-item').map(({ within }) => within)) {
    if (item === undefined) continue;
    const text = (rule: string) => textOf(item, rule);
    const value = item.within.at(-1)?.text ?? '';
    switch (item.rule) {
      case 'fetch-flags':
        data.flags = canonical(textsOf(item, 'flag-fetch'), SYSTEM);
        break;
      case 'fetch-uid':
        data.uid = Number(value);
        break;
      case 'fetch-envelope':
        data.envelope = envelope(item.within.find(({ rule }) => rule === 'envelope') as Node); // by the grammar
        break;
      case 'fetch-date':
        data.internalDate = time(text('date-time'));
        break;
      case 'fetch-size':
        data.size = Number(text('size'));
        break;
      case 'fetch-structure':
        data.bodyStructure = body(first(item, 'body') as Node); // by the grammar
        break;
      case 'fetch-section':
      case 'fetch-binary': {
        const origin = item.within.find(({ rule }) => rule === 'number');
        sections.push(
          object({
            kind: item.rule === 'fetch-binary' ? 'BINARY' : 'BODY',
            section: section(item),
            origin: origin && Number(origin.text),
            bytes: stringOrNil(value),
          }),
        );
        break;
      }
      case 'fetch-rfc822': {
        const name = item.text.substring(0, item.text.indexOf(' ')).toUpperCase();
        sections.push({ kind: 'BODY', section: name.substring(7), bytes: stringOrNil(value) });
        break;
      }
      case 'fetch-binary-size':
        data.binarySizes = { ...(data.binarySizes as object), [section(item)]: Number(value) };
        break;
      case 'fetch-modseq':
        data.modseq = `${value}n`;
        break;
      case 'fetch-preview':
        data.preview = stringOrNil(value) === null ? null : unicode(stringIn(value));
        break;
      case 'fetch-savedate':
        data.saveDate = value.length < 10 ? null : time(value);
        break;
      case 'fetch-emailid':
        data.emailId = value;
        break;
      case 'fetch-threadid':
        data.threadId = item.text.endsWith(')') ? value : null;
        break;
      case 'fetch-annotation':
        data.annotations = { ...(data.annotations as object), ...annotations(item) };
        break;
      case 'fetch-labels':
        data.gmailLabels = [
          ...new Set(
            textsOf(item, 'label')
              .map((one) => (one.startsWith('\\') ? one : stringIn(one)))
              .map((one) => undo(one)),
          ),
        ];
        break;
      case 'fetch-gm-msgid':
        data.gmailMessageId = value;
        break;
      case 'fetch-gm-thrid':
        data.gmailThreadId = value;
        break;
    }
  }
  if (sections.length > 0) data.sections = sections;
  return data;
}

/** A label is no mailbox: inbox is not INBOX. */
function undo(label: string, utf8 = false): string {
  return label.toLowerCase() === 'inbox' ? label : decodeName(label, utf8);
}

function annotations(node: Node): Record<string, Plain> {
  const found: Record<string, Plain> = {};
  for (const one of all(node, 'entry-att'))
    for (const att of all(one, 'att-value')) {
      const [, scope] = /^value\.(priv|shared)$/.exec(stringIn(textOf(att, 'attrib')).toLowerCase()) ?? [];
      if (scope === undefined) continue;
      found[`/${scope === 'priv' ? 'private' : 'shared'}${stringIn(textOf(one, 'entry'))}`] = stringOrNil(
        textOf(att, 'value'),
      );
    }
  return found;
}

export function mailbox(node: Node, utf8 = false): string {
  return decodeName(stringIn(textOf(node, 'mailbox')), utf8);
}

function delimiter(node: Node): string | null {
  return stringOrNil(textOf(node, 'delimiter'));
}

function flagsOf(list: Node | undefined): string[] {
  return (list?.within ?? []).filter(({ rule }) => rule.startsWith('mbx-')).map(({ text }) => text);
}

export function listed(node: Node, utf8: boolean): Plain {
  const extended = first(node, 'mbox-list-extended');
  const child = extended && all(extended, 'childinfo').at(-1);
  const old = extended && all(extended, 'oldname').at(-1);
  return object({
    name: mailbox(node, utf8),
    delimiter: delimiter(node),
    attributes: canonical(flagsOf(first(node, 'mbx-list-flags')), LIST_FLAGS),
    childInfo: child && valuesOf(child, 'childinfo-option').map((one) => one.toUpperCase()),
    oldName: old && mailbox(old, utf8),
  });
}

export function status(node: Node, utf8: boolean): Plain {
  const positive = (rule: string) => number64(lastOf(node, rule));
  const limit = lastOf(node, 'status-appendlimit');
  const found = {
    messages: positive('status-messages'),
    recent: positive('status-recent'),
    unseen: positive('status-unseen'),
    uidNext: positive('status-uidnext'),
    uidValidity: positive('status-uidvalidity'),
    highestModseq: behind(lastOf(node, 'status-modseq')),
    size: positive('status-size'),
    deleted: positive('status-deleted'),
    deletedStorage: positive('status-deleted-storage'),
    appendLimit: limit === undefined ? undefined : /nil$/i.test(limit) ? null : number64(limit),
    mailboxId: lastOf(node, 'status-mailboxid')?.slice('MAILBOXID ('.length, -1),
  };
  return {
    mailbox: mailbox(node, utf8),
    items: object({ ...found, highestModseq: found.highestModseq && `${found.highestModseq}n` }),
  };
}

function behind(text: string | undefined): string | undefined {
  return text?.substring(text.indexOf(' ') + 1);
}

function number64(text: string | undefined): number | undefined {
  const digits = behind(text);
  return digits === undefined ? undefined : Number(digits);
}

export function found(node: Node): Plain {
  const modseq = first(node, 'mod-sequence-value');
  return object({ numbers: textsOf(node, 'nz-number').map(Number), modseq: modseq && `${modseq.text}n` });
}

/** A set as ranges in order, those that touch joined: only what numbers it has counts. */
export function setOf(text: string): string {
  const ranges = text
    .split(',')
    .map((one) => one.split(':').map(Number))
    .map((pair) => [Math.min(...pair), Math.max(...pair)] as [number, number]);
  ranges.sort(([a], [b]) => a - b);
  const joined: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',');
}

export function extended(node: Node): Plain {
  const updates = all(node, 'return-updates').flatMap((one) =>
    all(one, 'update').map((update) => ({
      type: /^a/i.test(one.text) ? 'added' : 'removed',
      position: numberOf(update, 'number'),
      set: textOf(update, 'sequence-set'),
    })),
  );
  const min = behind(lastOf(node, 'return-min'));
  const max = behind(lastOf(node, 'return-max'));
  const count = behind(lastOf(node, 'return-count'));
  const set = behind(lastOf(node, 'return-all'));
  const modseq = behind(lastOf(node, 'return-modseq'));
  const partials = all(node, 'return-partial');
  const sets = partials.flatMap((one) => textsOf(one, 'sequence-set'));
  const relevancy = all(node, 'return-relevancy').at(-1);
  const tag = lastOf(node, 'tag-string');
  const name = behind(lastOf(node, 'correlator-mailbox'));
  const validity = behind(lastOf(node, 'correlator-uidvalidity'));
  const partialSet = sets.at(-1);
  const correlator = first(node, 'search-correlator')?.text;
  return object({
    tag: tag === undefined ? undefined : stringIn(tag),
    mailbox: name === undefined ? undefined : stringIn(name),
    uidValidity: validity === undefined ? undefined : Number(validity),
    uid: /^ UID(?: |$)/i.test(node.text.substring(`ESEARCH${correlator === undefined ? '' : ` ${correlator}`}`.length)),
    min: min === undefined ? undefined : Number(min),
    max: max === undefined ? undefined : Number(max),
    count: count === undefined ? undefined : Number(count),
    all: set === undefined ? undefined : setOf(set),
    allText: set,
    modseq: modseq === undefined ? undefined : `${modseq}n`,
    partialRange: partials.at(-1) && textOf(partials.at(-1) as Node, 'partial-range'), // looked for in front
    partial: partialSet === undefined ? undefined : setOf(partialSet),
    partialText: partialSet,
    relevancy: relevancy && textsOf(relevancy, 'score').map(Number),
    updates: updates.length === 0 ? undefined : updates,
  });
}

function rangesOf(set: string): number[][] {
  return set.split(',').map((one) => {
    const pair = one.split(':').map(Number);
    return [Math.min(...pair), Math.max(...pair)];
  });
}

interface Thread {
  uid?: number;
  children: Thread[];
}

export function threads(node: Node): Thread[] {
  return all(node, 'thread-list').map(threadOf);
}

function threadOf(list: Node): Thread {
  const members = list.within.find(({ rule }) => rule === 'thread-members');
  const nested = first(members ?? list, 'thread-nested');
  let children = nested === undefined ? [] : all(nested, 'thread-list').map(threadOf);
  if (members === undefined) return { children };
  const numbers = members.within.filter(({ rule }) => rule === 'nz-number').map(({ text }) => Number(text));
  for (const uid of numbers.reverse()) children = [{ uid, children }];
  return children[0] as Thread; // one member at least
}

export function vanished(node: Node): Plain {
  return { uids: setOf(textOf(node, 'sequence-set')), earlier: /^VANISHED \(/i.test(node.text) };
}

export function capabilities(node: Node): string[] {
  return textsOf(node, 'capability').map((one) => one.toUpperCase());
}

export function flags(node: Node): string[] {
  return canonical(textsOf(node, 'flag'), SYSTEM);
}

export function namespaces(node: Node, utf8: boolean): Plain {
  const [personal, otherUsers, shared] = all(node, 'namespaces').map((kind) =>
    all(kind, 'namespace-descr').map((one) => {
      const translation = all(one, 'translation-text').at(-1);
      return object({
        prefix: prefixOf(textOf(one, 'namespace-prefix'), utf8),
        delimiter: delimiter(one),
        translation: translation && prefixOf(translation.text, utf8),
      });
    }),
  );
  return { personal, otherUsers, shared };
}

/** A prefix is no mailbox. */
function prefixOf(text: string, utf8: boolean): string {
  return undo(stringIn(text), utf8);
}

export function identity(node: Node): Plain {
  const fields: Record<string, string> = {};
  const entries = all(node, 'id-field').flatMap((one): [string, string][] => {
    const value = stringOrNil(textOf(one, 'id-value'));
    return value === null ? [] : [[stringIn(textOf(one, 'id-name')).toLowerCase(), unicode(value)]];
  });
  return { ...fields, ...Object.fromEntries(entries) };
}

export function acl(node: Node): Plain {
  const rights = valuesOf(node, 'rights').map(unicode);
  return Object.fromEntries(valuesOf(node, 'identifier').map((one, index) => [unicode(one), rights[index]]));
}

export function listRights(node: Node): Plain {
  const [required, ...optional] = valuesOf(node, 'rights').map(unicode);
  return { required, optional };
}

export function myRights(node: Node): Plain {
  return unicode(stringIn(textOf(node, 'rights')));
}

export function quota(node: Node): Plain {
  const resources = all(node, 'quota-resource').map((one) => [
    stringIn(textOf(one, 'resource-name')).toUpperCase(),
    { used: Number(textOf(one, 'resource-usage')), limit: Number(textOf(one, 'resource-limit')) },
  ]);
  return { root: unicode(stringIn(textOf(node, 'quota-root'))), resources: Object.fromEntries(resources) };
}

export function quotaRoots(node: Node): string[] {
  return valuesOf(node, 'quota-root').map(unicode);
}

export function metadata(node: Node): Plain {
  return Object.fromEntries(
    all(node, 'entry-value').map((one) => [stringIn(textOf(one, 'entry')), stringOrNil(textOf(one, 'value'))]),
  );
}

export function metadataChange(node: Node, utf8: boolean): Plain {
  return { mailbox: mailbox(node, utf8), entries: valuesOf(node, 'entry') };
}

/** Human-readable text with the code in front of it; spaces before it are nobody's. */
export function told(node: Node): { code?: { name: string }; text: string } {
  const given = first(node, 'told-text') ?? node;
  const coded = first(given, 'resp-text');
  const text = coded === undefined ? given.text : (coded.within.find(({ rule }) => rule === 'text')?.text ?? '');
  return { ...(coded && { code: code(coded) as { name: string } }), text: unicode(text).replace(/^ +/, '') }; // a code has one
}

export { unicode, valuesOf };

export function code(node: Node): Plain {
  const [one] = first(node, 'resp-text-code')?.within ?? [];
  if (one === undefined) throw new Error('No code');
  const end = one.text.search(/ |$/);
  const name = one.text.substring(0, end).toUpperCase();
  const args = one.text.substring(end + 1).trim();
  return object({ name, args: args === '' ? undefined : args, ...(args === '' ? {} : fieldsOf(one, args)) });
}

function fieldsOf(node: Node, args: string): Record<string, Plain> {
  const numbers = textsOf(node, 'nz-number').map(Number);
  const sets = textsOf(node, 'uid-set');
  switch (node.rule) {
    case 'code-badcharset':
      return { charsets: valuesOf(node, 'charset') };
    case 'code-capability':
      return { capabilities: capabilities(node) };
    case 'code-permanentflags':
      return { flags: canonical(textsOf(node, 'flag-perm'), SYSTEM) };
    case 'code-uidnext':
      return { uidNext: numbers[0] };
    case 'code-uidvalidity':
      return { uidValidity: numbers[0] };
    case 'code-unseen':
      return { unseen: numbers[0] };
    case 'code-appenduid':
      return { uidValidity: numbers[0], uids: setOf(sets[0] ?? '') };
    case 'code-copyuid':
      return { uidValidity: numbers[0], source: rangesOf(sets[0] ?? ''), target: rangesOf(sets[1] ?? '') };
    case 'code-highestmodseq':
      return { modseq: `${args}n` };
    case 'code-modified':
      return { set: args, uids: setOf(args) };
    case 'code-mailboxid':
      return { mailboxId: args.slice(1, -1) };
    case 'code-messagelimit':
      return { limit: numbers[0], uid: numbers[1] };
    case 'code-inprogress': {
      const [done, total] = /(\S+) (\S+)\)$/.exec(args)?.slice(1) ?? [];
      const tag = textOf(node, 'inprogress-tag');
      return {
        tag: stringOrNil(tag) ?? undefined,
        done: /^\d/.test(done ?? '') ? Number(done) : undefined,
        total: /^\d/.test(total ?? '') ? Number(total) : undefined,
      };
    }
    case 'code-metadata': {
      const [reason = '', size] = args.split(' ');
      return { reason: reason.toUpperCase(), size: size === undefined ? undefined : Number(size) };
    }
    case 'code-referral': {
      const urls = args.split(' ');
      return { url: urls[0], urls: urls.length > 1 ? urls : undefined };
    }
    case 'code-badurl':
      return { url: stringIn(args) };
    case 'code-urlmech':
      return { mechanisms: args.split(' ') };
    case 'code-annotations': {
      const [limit = '', extra] = args.toUpperCase().split(' ');
      const isNumber = /^\d/.test(limit);
      return { maxSize: isNumber ? Number(limit) : undefined, readOnly: !isNumber, private: extra !== 'NOPRIVATE' };
    }
    case 'code-annotate':
      return { reason: args.toUpperCase() };
    case 'code-badevent':
      return { events: textsOf(node, 'event') };
    case 'code-noupdate':
      return { tag: stringIn(args) };
    case 'code-filter':
      return { filter: args };
    default:
      return {};
  }
}
