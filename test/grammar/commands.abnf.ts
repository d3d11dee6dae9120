/** What a client may send, without its tag, in the RFCs' words. */

/** RFC 3501 §9, RFC 9051 §9, RFC 9755 §3 */
const basics = `
SP = %x20
CRLF = %x0D %x0A
DQUOTE = %x22
DIGIT = %x30-39
digit-nz = %x31-39
ALPHA = %x41-5A / %x61-7A
ATOM-CHAR = "!" / %x23-24 / %x26-27 / %x2B-5B / %x5E-7A / %x7C-7E
QUOTED-CHAR = %x01-09 / %x0B-0C / %x0E-21 / %x23-5B / %x5D-7F / "\\" quoted-specials / utf8-char
quoted-specials = DQUOTE / "\\"
atom = 1*ATOM-CHAR
quoted = DQUOTE *QUOTED-CHAR DQUOTE
string = quoted / literal
astring = 1*(ATOM-CHAR / "]") / string
nil = "NIL"
mailbox = astring
list-mailbox = 1*(ATOM-CHAR / "%" / "*" / "]") / string
mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")"
flag = "\\Answered" / "\\Flagged" / "\\Deleted" / "\\Seen" / "\\Draft" / atom / "\\" atom
flag-list = "(" [flag *(SP flag)] ")"
tag = 1*(%x30-39 / %x41-5A / %x61-7A)
`;

/** RFC 3501 §9; RFC 2971 §4, RFC 4314 §7, RFC 9208 §7, RFC 5464 §5, RFC 5255 §3.5, §4.10, RFC 4467 §9, RFC 5524 §5, RFC 5161 … */
const simple = `
command = (create / delete / rename / subscribe / unsubscribe / status / select / id / enable / login / compress / proxyauth / uidbatches /
  getacl / setacl / deleteacl / listrights / myrights / getquota / getquotaroot / setquota / getmetadata / setmetadata /
  getannotation / setannotation / language / comparator / genurlauth / resetkey / urlfetch / cancelupdate / notify /
  list / append / copy / expunge / fetch / store / search / sort / thread / esearch / replace) CRLF
create = "CREATE" SP mailbox [SP "(USE (" [use-attr *(SP use-attr)] "))"]
use-attr = "\\" atom
delete = "DELETE" SP mailbox
rename = "RENAME" SP mailbox SP mailbox
subscribe = "SUBSCRIBE" SP mailbox
unsubscribe = "UNSUBSCRIBE" SP mailbox
status = "STATUS" SP mailbox SP status-list
status-list = "(" status-att *(SP status-att) ")"
status-att = "MESSAGES" / "RECENT" / "UNSEEN" / "UIDNEXT" / "UIDVALIDITY" / "HIGHESTMODSEQ" / "SIZE" / "DELETED" / "DELETED-STORAGE" /
  "APPENDLIMIT" / "MAILBOXID"
select = ("SELECT" / "EXAMINE") SP mailbox [SP "(" select-param *(SP select-param) ")"]
select-param = "CONDSTORE" / "QRESYNC (" nz-number SP mod-sequence-value ")"
id = "ID" SP ("(" string SP string *(SP string SP string) ")" / nil)
enable = "ENABLE" 1*(SP atom)
login = "LOGIN" SP astring SP astring
compress = "COMPRESS DEFLATE"
proxyauth = "PROXYAUTH" SP astring
uidbatches = "UIDBATCHES" SP nz-number
getacl = "GETACL" SP mailbox
setacl = "SETACL" SP mailbox SP astring SP mod-rights
mod-rights = DQUOTE ["+" / "-"] *(%x61-7A / DIGIT) DQUOTE
deleteacl = "DELETEACL" SP mailbox SP astring
listrights = "LISTRIGHTS" SP mailbox SP astring
myrights = "MYRIGHTS" SP mailbox
getquota = "GETQUOTA" SP astring
getquotaroot = "GETQUOTAROOT" SP mailbox
setquota = "SETQUOTA" SP astring SP "(" [resource *(SP resource)] ")"
resource = atom SP number
getmetadata = "GETMETADATA" [SP "(" md-option *(SP md-option) ")"] SP mailbox SP entries
md-option = "MAXSIZE" SP number / "DEPTH" SP ("0" / "1" / "infinity")
entries = entry / "(" entry *(SP entry) ")"
entry = astring
setmetadata = "SETMETADATA" SP mailbox SP "(" entry-value *(SP entry-value) ")"
entry-value = entry SP value
value = string / nil / literal8
getannotation = "GETANNOTATION" SP list-mailbox SP entry-matches SP attribs
entry-matches = string / "(" string *(SP string) ")"
attribs = string / "(" string *(SP string) ")"
setannotation = "SETANNOTATION" SP list-mailbox SP entry-att *(SP entry-att)
entry-att = entry SP "(" att-value *(SP att-value) ")"
att-value = astring SP value
language = "LANGUAGE" *(SP astring)
comparator = "COMPARATOR" *(SP astring)
genurlauth = "GENURLAUTH" 1*(SP astring SP atom)
resetkey = "RESETKEY" [SP mailbox *(SP atom)]
urlfetch = "URLFETCH" 1*(SP (astring / "(" astring 1*(SP ("BODY" / "BINARY" / "BODYPARTSTRUCTURE")) ")"))
cancelupdate = "CANCELUPDATE" 1*(SP quoted)
`;

/** RFC 5465 §8 */
const notify = `
notify = "NOTIFY SET" [SP "STATUS"] 1*(SP event-group)
event-group = "(" filter-mailboxes SP events ")"
filter-mailboxes = "selected" / "selected-delayed" / "inboxes" / "personal" / "subscribed" / ("subtree" / "mailboxes") SP one-or-more
one-or-more = mailbox / "(" mailbox *(SP mailbox) ")"
events = "(" event *(SP event) ")" / "NONE"
event = "MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"] / "MessageExpunge" / "FlagChange" / "AnnotationChange" / "MailboxName" /
  "SubscriptionChange" / "MailboxMetadataChange" / "ServerMetadataChange"
`;

/** RFC 3501 §9, RFC 5258 §6, RFC 5819, RFC 8440, RFC 9590, RFC 9051 §9 */
const list = `
list = ("LIST" / "LSUB" / "XLIST" / "RLIST" / "RLSUB") [SP "(" [select-opts] ")"] SP mailbox SP mbox-or-pat
  [SP "RETURN (" [return-opt *(SP return-opt)] ")"]
select-opts = *(select-opt SP) select-base-opt *(SP select-opt) / "REMOTE" *(SP "REMOTE")
select-opt = select-base-opt / "REMOTE" / "RECURSIVEMATCH"
select-base-opt = "SUBSCRIBED" / "SPECIAL-USE"
return-opt = "SUBSCRIBED" / "CHILDREN" / "SPECIAL-USE" / "MYRIGHTS" / "STATUS" SP status-list / "METADATA" SP "(" entry *(SP entry) ")"
`;

/** RFC 3501 §9, RFC 4466 §3, RFC 3502, RFC 4469 §5, RFC 3516 §7, RFC 5257 §5, RFC 8508 */
const append = `
append = "APPEND" SP mailbox 1*append-message
append-message = [SP flag-list] [SP date-time] [SP "ANNOTATION (" entry-att *(SP entry-att) ")"] SP append-data
append-data = literal / literal8 / "CATENATE (" cat-part *(SP cat-part) ")"
cat-part = "TEXT" SP literal / "URL" SP astring
replace = ["UID" SP] "REPLACE" SP nz-number SP mailbox append-message
date-time = DQUOTE (SP DIGIT / 2DIGIT) "-" month "-" 4DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP ("+" / "-") 4DIGIT DQUOTE
month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" / "Aug" / "Sep" / "Oct" / "Nov" / "Dec"
`;

/** RFC 3501 §9, RFC 4315 §4, RFC 6851, RFC 7162 §7, RFC 9394 §4, RFC 8970 §6, RFC 8514 §5, RFC 8474 §7, RFC 5257 §5 */
const messages = `
copy = ["UID" SP] ("COPY" / "MOVE") SP sequence-set SP mailbox
expunge = "EXPUNGE" / "UID EXPUNGE" SP sequence-set
fetch = ["UID" SP] "FETCH" SP sequence-set SP (fetch-att / "(" fetch-att *(SP fetch-att) ")")
  [SP "(" fetch-modifier *(SP fetch-modifier) ")"]
fetch-att = "UID" / "FLAGS" / "INTERNALDATE" / "RFC822.SIZE" / "ENVELOPE" / "BODYSTRUCTURE" / "MODSEQ" / "SAVEDATE" / "EMAILID" /
  "THREADID" / "PREVIEW" [SP "(LAZY)"] / "X-GM-LABELS" / "X-GM-MSGID" / "X-GM-THRID" / "BODY" [".PEEK"] section [partial] /
  "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary / "ANNOTATION (" entries SP att-names ")"
att-names = string / "(" string *(SP string) ")"
section = "[" [section-msgtext / section-part ["." (section-msgtext / "MIME")]] "]"
section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP "(" astring *(SP astring) ")" / "TEXT"
section-part = nz-number *("." nz-number)
section-binary = "[" [section-part] "]"
partial = "<" number "." nz-number ">"
fetch-modifier = "CHANGEDSINCE" SP mod-sequence-value / "VANISHED" / "PARTIAL" SP partial-range
partial-range = nz-number ":" nz-number / "-" nz-number ":-" nz-number
store = ["UID" SP] "STORE" SP sequence-set [SP "(UNCHANGEDSINCE" SP number ")"] SP
  (["+" / "-"] "FLAGS" [".SILENT"] SP flag-list / ["+" / "-"] "X-GM-LABELS" [".SILENT"] SP "(" [label *(SP label)] ")" /
  "ANNOTATION (" entry-att *(SP entry-att) ")")
label = mailbox / "\\" atom
`;

/** RFC 3501 §9, RFC 4466 §3, RFC 4731 §4, RFC 5182 §3, RFC 5256 §5, RFC 5267 §5, RFC 6203, RFC 7377 §4, RFC 5032, RFC 5466 §4 … */
const search = `
search = "UID SEARCH" [return-opts] SP program
return-opts = SP "RETURN (" [search-return *(SP search-return)] ")"
search-return = "MIN" / "MAX" / "COUNT" / "ALL" / "SAVE" / "RELEVANCY" / "UPDATE" / "PARTIAL" SP partial-range
program = [charset] keys
keys = key *(SP key)
sort = "UID SORT" [return-opts] SP "(" criterion *(SP criterion) ")" SP "UTF-8" SP keys
criterion = ["REVERSE" SP] ("ARRIVAL" / "CC" / "DATE" / "FROM" / "SIZE" / "SUBJECT" / "TO" / "DISPLAYFROM" / "DISPLAYTO" / "RELEVANCY")
thread = "UID THREAD" SP ("ORDEREDSUBJECT" / "REFERENCES" / "REFS") SP "UTF-8" SP keys
esearch = "ESEARCH IN (" source *(SP source) ")" return-opts SP program
source = "personal" / "subscribed" / ("subtree" / "mailboxes") SP one-or-more
key = "ALL" / "SEEN" / "UNSEEN" / "ANSWERED" / "UNANSWERED" / "FLAGGED" / "UNFLAGGED" / "DELETED" / "UNDELETED" / "DRAFT" / "UNDRAFT" /
  "RECENT" / "OLD" / "NEW" / ("KEYWORD" / "UNKEYWORD") SP atom /
  ("FROM" / "TO" / "CC" / "BCC" / "SUBJECT" / "BODY" / "TEXT") SP astring / "HEADER" SP astring SP astring /
  ("SINCE" / "BEFORE" / "ON" / "SENTSINCE" / "SENTBEFORE" / "SENTON" / "SAVEDSINCE" / "SAVEDBEFORE" / "SAVEDON") SP date / "SAVEDATESUPPORTED" /
  "ANNOTATION" SP entry SP ("value.priv" / "value.shared" / %x22 ("value.priv" / "value.shared") %x22) SP astring /
  ("LARGER" / "SMALLER") SP number / ("OLDER" / "YOUNGER") SP nz-number / "UID" SP sequence-set / sequence-set / "MODSEQ" SP number /
  ("EMAILID" / "THREADID") SP objectid / "FILTER" SP filter-name / "FUZZY" SP key / "NOT" SP key / "OR" SP key SP key /
  "(" keys ")" / "X-GM-RAW" SP astring / ("X-GM-MSGID" / "X-GM-THRID") SP number / "X-GM-LABELS" SP label
objectid = 1*255(ALPHA / DIGIT / "_" / "-")
filter-name = 1*(%x21 / %x23-24 / %x26-27 / %x2B-2E / %x30-5B / %x5E-7A / %x7C-7E)
date = (DIGIT / 2DIGIT) "-" month "-" 4DIGIT
`;

export const commands = [basics, simple, notify, list, append, messages, search];
