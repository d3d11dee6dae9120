/** What servers may send, in the RFCs' words; prose and what depends on the command is left to builtins. */

/** RFC 3501 §9, RFC 9051 §9 */
const basics = `
SP = %x20
DQUOTE = %x22
DIGIT = %x30-39
digit-nz = %x31-39
ATOM-CHAR = "!" / %x23-24 / %x26-27 / %x2B-5B / %x5E-7A / %x7C-7E
ASTRING-CHAR = ATOM-CHAR / "]"
TEXT-CHAR = %x01-09 / %x0B-0C / %x0E-7F
QUOTED-CHAR = %x01-09 / %x0B-0C / %x0E-21 / %x23-5B / %x5D-7F / "\\" quoted-specials
quoted-specials = DQUOTE / "\\"
atom = 1*ATOM-CHAR
quoted = DQUOTE *QUOTED-CHAR DQUOTE
string = quoted / literal
astring = 1*ASTRING-CHAR / string
nstring = string / nil
nil = "NIL"
text = 1*TEXT-CHAR
base64 = *(4base64-char) [2base64-char "==" / 3base64-char "="]
base64-char = %x41-5A / %x61-7A / DIGIT / "+" / "/"
tagged-ext-label = ("X-" / "VENDOR.") *tagged-label-char ; of those that nobody gave a meaning
tagged-label-char = %x41-5A / %x61-7A / "-" / "_" / "." / DIGIT / ":"
tagged-ext-simple = sequence-set / number / number64
tagged-ext-val = tagged-ext-simple / "(" [ext-comp *2(SP ext-comp)] ")"
ext-comp = astring / astring / "(" ext-comp [SP ext-comp] ")"
`;

/** RFC 3501 §9; RFC 3516 §7, RFC 7162 §7, RFC 8970 §6, RFC 8514 §5, RFC 8474 §7, RFC 5257 §5, RFC 9051 §9, RFC 9586 §3.3 */
const fetch = `
fetch-response = nz-number SP "FETCH" SP msg-att
uidfetch-response = nz-number SP "UIDFETCH" SP msg-att
msg-att = "(" msg-att-item *(SP msg-att-item) ")"
msg-att-item = fetch-flags / fetch-uid / fetch-envelope / fetch-date / fetch-size / fetch-structure / fetch-section / fetch-rfc822 /
  fetch-binary / fetch-binary-size / fetch-modseq / fetch-preview / fetch-savedate / fetch-emailid / fetch-threadid /
  fetch-annotation / fetch-labels / fetch-gm-msgid / fetch-gm-thrid / fetch-unknown
fetch-flags = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"
flag-fetch = flag / "\\Recent"
flag = "\\Answered" / "\\Flagged" / "\\Deleted" / "\\Seen" / "\\Draft" / flag-keyword / flag-extension
flag-keyword = "$MDNSent" / "$Forwarded" / "$Junk" / "$NotJunk" / "$Phishing" / atom
flag-extension = "\\" atom
fetch-uid = "UID" SP nz-number
fetch-envelope = "ENVELOPE" SP envelope
fetch-date = "INTERNALDATE" SP date-time
fetch-size = "RFC822.SIZE" SP size
fetch-structure = "BODY" ["STRUCTURE"] SP body
fetch-section = "BODY" section ["<" number ">"] SP body-nstring
fetch-rfc822 = "RFC822" [".HEADER" / ".TEXT"] SP body-nstring
fetch-binary = "BINARY" section-binary ["<" number ">"] SP (body-nstring / literal8)
fetch-binary-size = "BINARY.SIZE" section-binary SP number
fetch-modseq = "MODSEQ" SP "(" mod-sequence-value ")"
fetch-preview = "PREVIEW" SP nstring
fetch-savedate = "SAVEDATE" SP (date-time / nil)
fetch-emailid = "EMAILID" SP "(" objectid ")"
fetch-threadid = "THREADID" SP ("(" objectid ")" / nil)
objectid = 1*255(%x41-5A / %x61-7A / DIGIT / "_" / "-")
fetch-annotation = "ANNOTATION" SP ("(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")")
entry-att = entry SP "(" att-value *(SP att-value) ")"
entry = astring
att-value = attrib SP value
attrib = "value.priv" / "value.shared" / "size.priv" / DQUOTE "value.priv" DQUOTE
value = body-nstring / literal8
fetch-labels = "X-GM-LABELS" SP "(" [label *(SP label)] ")"
label = "\\" 1*(%x41-5A / %x61-7A) / mailbox-string
fetch-gm-msgid = "X-GM-MSGID" SP number64
fetch-gm-thrid = "X-GM-THRID" SP number64
body-nstring = quoted / body-literal / nil
fetch-unknown = "X-UNKNOWN" SP (nstring / number / "(" [astring *(SP astring)] ")")

date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
date-day-fixed = (SP digit-nz) / ("0" digit-nz) / ("1" DIGIT) / ("2" %x30-38)
date-month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" / "Aug" / "Sep" / "Oct" / "Nov" / "Dec"
date-year = ("19" / "20") 2DIGIT
time = ("0" DIGIT / "1" DIGIT / "2" %x30-33) ":" %x30-35 DIGIT ":" %x30-35 DIGIT
zone = ("+" / "-") ("0" DIGIT / "1" %x30-34) %x30-35 DIGIT

section = "[" [section-spec] "]"
section-spec = section-msgtext / (section-part ["." section-text])
section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
section-text = section-msgtext / "MIME"
section-part = nz-number *("." nz-number)
header-list = "(" header-fld-name *(SP header-fld-name) ")"
header-fld-name = astring
section-binary = "[" [section-part] "]"

envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
  env-in-reply-to SP env-message-id ")"
env-date = nstring
env-subject = nstring
env-from = addresses
env-sender = addresses
env-reply-to = addresses
env-to = addresses
env-cc = addresses
env-bcc = addresses
env-in-reply-to = nstring
env-message-id = nstring
addresses = "(" 1*(address / group) ")" / nil
address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
group = "(NIL NIL " group-name " NIL)" *address "(NIL NIL NIL NIL)"
group-name = string
addr-name = nstring
addr-adl = nstring
addr-mailbox = word
addr-host = word

body = "(" (body-type-1part / body-type-mpart) ")"
body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
body-type-basic = media-basic SP body-fields
body-type-msg = media-message SP body-fields SP envelope SP body SP body-fld-lines
body-type-text = media-text SP body-fields SP body-fld-lines
body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
media-basic = (DQUOTE ("APPLICATION" / "AUDIO" / "FONT" / "IMAGE" / "MESSAGE" / "MODEL" / "VIDEO") DQUOTE / word) SP media-subtype
media-message = DQUOTE "MESSAGE" DQUOTE SP DQUOTE ("RFC822" / "GLOBAL") DQUOTE
media-text = DQUOTE "TEXT" DQUOTE SP media-subtype
media-subtype = DQUOTE "PLAIN" DQUOTE / word
body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
body-fld-param = "(" param *(SP param) ")" / nil
param = param-name SP param-value
param-name = word
param-value = string
body-fld-id = nstring
body-fld-desc = nstring
body-fld-enc = DQUOTE ("7BIT" / "8BIT" / "BINARY" / "BASE64" / "QUOTED-PRINTABLE") DQUOTE / word
body-fld-octets = number
body-fld-lines = size
body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
body-fld-md5 = nstring
body-fld-dsp = "(" dsp-type SP body-fld-param ")" / nil
dsp-type = word
body-fld-lang = language / "(" language *(SP language) ")" / nil
language = word
body-fld-loc = nstring
body-extension = nstring / number / number64 / "(" body-extension *(SP body-extension) ")"
`;

/** RFC 3501 §9, RFC 5258 §6, RFC 9051 §9 */
const list = `
list-response = "LIST" SP mailbox-list
lsub-response = "LSUB" SP mailbox-list
mailbox-list = "(" [mbx-list-flags] ")" SP delimiter SP mailbox [SP mbox-list-extended]
mbx-list-flags = *(mbx-list-oflag SP) mbx-list-sflag *(SP mbx-list-oflag) / mbx-list-oflag *(SP mbx-list-oflag)
mbx-list-sflag = "\\NonExistent" / "\\Noselect" / "\\Marked" / "\\Unmarked"
mbx-list-oflag = "\\Noinferiors" / "\\HasChildren" / "\\HasNoChildren" / "\\Subscribed" / "\\Remote" / "\\NoAccess" / "\\All" / "\\Archive" /
  "\\Drafts" / "\\Flagged" / "\\Junk" / "\\Sent" / "\\Trash" / "\\Important" / flag-extension
delimiter = DQUOTE QUOTED-CHAR DQUOTE / nil
mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
mbox-list-extended-item = childinfo / oldname / eitem-tag SP tagged-ext-val
eitem-tag = "X-" 1*(%x41-5A / %x61-7A) / "VENDOR." 1*tagged-label-char "-" 1*tagged-label-char
childinfo = ("CHILDINFO" / DQUOTE "CHILDINFO" DQUOTE) SP "(" childinfo-option *(SP childinfo-option) ")"
childinfo-option = DQUOTE ("SUBSCRIBED" / "X-OTHER") DQUOTE
oldname = ("OLDNAME" / DQUOTE "OLDNAME" DQUOTE) SP "(" mailbox ")"
`;

/** RFC 3501 §9, RFC 7162 §7, RFC 8438, RFC 9208 §7, RFC 7889, RFC 8474 §7, RFC 9051 §9 */
const status = `
status-response = "STATUS" SP mailbox SP "(" [status-att-val *(SP status-att-val)] ")"
status-att-val = status-messages / status-recent / status-unseen / status-uidnext / status-uidvalidity / status-modseq / status-size /
  status-deleted / status-deleted-storage / status-appendlimit / status-mailboxid / status-other
status-messages = "MESSAGES" SP number
status-recent = "RECENT" SP number
status-unseen = "UNSEEN" SP number
status-uidnext = "UIDNEXT" SP nz-number
status-uidvalidity = "UIDVALIDITY" SP nz-number
status-modseq = "HIGHESTMODSEQ" SP mod-sequence-valzer
status-size = "SIZE" SP size
status-deleted = "DELETED" SP number
status-deleted-storage = "DELETED-STORAGE" SP size
status-appendlimit = "APPENDLIMIT" SP (number / nil)
status-mailboxid = "MAILBOXID" SP "(" objectid ")"
status-other = "X-OTHER" SP (number / string / "(" [astring *(SP astring)] ")")
`;

/** RFC 3501 §9, RFC 4466 §3, RFC 4731 §4, RFC 5256 §5, RFC 5267 §5, RFC 6203, RFC 7162 §7, RFC 7377 §4, RFC 9394 §4 */
const search = `
search-response = "SEARCH" [1*(SP nz-number) [SP search-sort-mod-seq]]
sort-response = "SORT" [1*(SP nz-number) [SP search-sort-mod-seq]]
search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")"
esearch-response = "ESEARCH" [SP search-correlator] [SP "UID"] *(SP search-return-data)
search-correlator = "(" one-correlator *(SP one-correlator) ")"
one-correlator = correlator-tag / correlator-mailbox / correlator-uidvalidity / correlator-other
correlator-tag = "TAG" SP tag-string
correlator-mailbox = "MAILBOX" SP astring
correlator-uidvalidity = "UIDVALIDITY" SP nz-number
correlator-other = tagged-ext-label SP tagged-ext-val
tag-string = astring
search-return-data = return-min / return-max / return-count / return-all / return-modseq / return-partial / return-relevancy /
  return-updates / return-other
return-min = "MIN" SP nz-number
return-max = "MAX" SP nz-number
return-count = "COUNT" SP number
return-all = "ALL" SP sequence-set
return-modseq = "MODSEQ" SP mod-sequence-value
return-partial = "PARTIAL" SP "(" partial-range SP (sequence-set / nil) ")"
partial-range = nz-number ":" nz-number / "-" nz-number ":-" nz-number
return-relevancy = "RELEVANCY" SP "(" [score *(SP score)] ")"
score = digit-nz / digit-nz DIGIT / "100"
return-updates = ("ADDTO" / "REMOVEFROM") SP "(" update *(SP update) ")"
update = number SP sequence-set
return-other = tagged-ext-label SP tagged-ext-val
thread-response = "THREAD" [SP 1*thread-list]
thread-list = "(" (thread-members / thread-nested) ")"
thread-members = nz-number *(SP nz-number) [SP thread-nested]
thread-nested = 2*thread-list
vanished-response = "VANISHED" [SP "(EARLIER)"] SP sequence-set
`;

/** RFC 2087 §6, RFC 9208 §7, RFC 2342 §6, RFC 2971 §4, RFC 4314 §7, RFC 5464 §5, RFC 5255 §3.5, §4.10, RFC 4467 §9, RFC 9698 §4 */
const others = `
capability-response = "CAPABILITY" 1*(SP capability)
enabled-response = "ENABLED" *(SP capability)
capability = "AUTH=" cap-atom / "IMAP4rev1" / "IMAP4rev2" / "THREAD=" cap-atom / "APPENDLIMIT=" number / cap-atom
cap-atom = *ATOM-CHAR %x41-5A ; a comma at its end is none of it for the client
flags-response = "FLAGS" SP "(" [flag *(SP flag)] ")"
namespace-response = "NAMESPACE" SP namespaces SP namespaces SP namespaces
namespaces = "(" 1*namespace-descr ")" / nil
namespace-descr = "(" namespace-prefix SP delimiter *namespace-extension ")"
namespace-prefix = mailbox-string
namespace-extension = translation / namespace-other
translation = SP DQUOTE "TRANSLATION" DQUOTE SP "(" translation-text ")"
translation-text = mailbox-string
namespace-other = SP ns-label SP "(" string *(SP string) ")"
ns-label = DQUOTE "X-PARAM" DQUOTE
id-response = "ID" SP ("(" [id-field *(SP id-field)] ")" / nil)
id-field = id-name SP id-value
id-name = word
id-value = nstring
acl-response = "ACL" SP mailbox *(SP identifier SP rights)
identifier = astring
rights = astring
listrights-response = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)
myrights-response = "MYRIGHTS" SP mailbox SP rights
quota-response = "QUOTA" SP quota-root SP "(" [quota-resource *(SP quota-resource)] ")"
quota-root = astring
quota-resource = resource-name SP resource-usage SP resource-limit
resource-name = "STORAGE" / "MESSAGE" / "MAILBOX" / "ANNOTATION-STORAGE" / atom
resource-usage = number64
resource-limit = number64
quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root)
metadata-response = "METADATA" SP mailbox SP entry-values
metadata-change = "METADATA" SP mailbox 1*(SP entry)
entry-values = "(" entry-value *(SP entry-value) ")"
entry-value = entry SP value
language-response = "LANGUAGE" SP "(" lang-tag *(SP lang-tag) ")"
lang-tag = astring
comparator-response = "COMPARATOR" SP comp-sel [SP "(" comp-id *(SP comp-id) ")"]
comp-sel = astring
comp-id = astring
genurlauth-response = "GENURLAUTH" 1*(SP url-full)
url-full = astring
urlfetch-response = "URLFETCH" SP url-full SP url-content
url-content = body-nstring
urlfetch-ext-response = "URLFETCH" SP url-full [SP url-structure] SP url-body
url-structure = "(BODYPARTSTRUCTURE" SP body ")"
url-body = "(BODY" SP body-nstring ")" / "(BINARY" SP (body-nstring / literal8) ")"
jmapaccess-response = "JMAPACCESS" SP quoted
`;

/** RFC 3501 §9, RFC 9051 §9; RFC 4315 §4, RFC 5530, RFC 7162 §7, RFC 8474 §7, RFC 9738, RFC 9585 §5, RFC 5464 §5, RFC 4467 §9… */
const codes = `
resp-text = "[" resp-text-code "]" SP [text]
resp-text-code = code-plain / code-plain / code-plain / code-badcharset / code-capability / code-permanentflags / code-uidnext / code-uidvalidity / code-unseen /
  code-appenduid / code-copyuid / code-highestmodseq / code-modified / code-mailboxid / code-messagelimit / code-inprogress /
  code-metadata / code-referral / code-badurl / code-urlmech / code-annotations / code-annotate / code-badevent / code-noupdate /
  code-filter / code-other
code-plain = "ALERT" / "PARSE" / "READ-ONLY" / "READ-WRITE" / "TRYCREATE" / "UIDNOTSTICKY" / "NOMODSEQ" / "CLOSED" /
  "UNAVAILABLE" / "AUTHENTICATIONFAILED" / "AUTHORIZATIONFAILED" / "EXPIRED" / "PRIVACYREQUIRED" / "CONTACTADMIN" / "NOPERM" /
  "INUSE" / "EXPUNGEISSUED" / "CORRUPTION" / "SERVERBUG" / "CLIENTBUG" / "CANNOT" / "LIMIT" / "OVERQUOTA" / "ALREADYEXISTS" /
  "NONEXISTENT" / "NOTSAVED" / "HASCHILDREN" / "UNKNOWN-CTE" / "USEATTR" / "TOOBIG" / "COMPRESSIONACTIVE" / "UIDREQUIRED" /
  "NOTIFICATIONOVERFLOW" / "MAXCONVERTMESSAGES" / "REPLACE" / "BADCOMPARATOR" / "TOOSMALL"
code-badcharset = "BADCHARSET" [SP "(" charset *(SP charset) ")"]
charset = atom / quoted
code-capability = "CAPABILITY" 1*(SP capability)
code-permanentflags = "PERMANENTFLAGS" SP "(" [flag-perm *(SP flag-perm)] ")"
flag-perm = flag / "\\*"
code-uidnext = "UIDNEXT" SP nz-number
code-uidvalidity = "UIDVALIDITY" SP nz-number
code-unseen = "UNSEEN" SP nz-number
code-appenduid = "APPENDUID" SP nz-number SP uid-set
code-copyuid = "COPYUID" SP nz-number SP uid-set SP uid-set
code-highestmodseq = "HIGHESTMODSEQ" SP mod-sequence-value
code-modified = "MODIFIED" SP uid-set
code-mailboxid = "MAILBOXID" SP "(" objectid ")"
code-messagelimit = "MESSAGELIMIT" SP nz-number [SP nz-number]
code-inprogress = "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"]
inprogress-tag = quoted / nil
inprogress-state = nil SP nil / number SP nil / number SP nz-number
code-metadata = "METADATA" SP ("LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE")
code-referral = "REFERRAL" 1*(SP url)
url = "imap://" ["[::" *%x31-39 "]"] 1*(%x41-5A / %x61-7A / DIGIT / "." / "/" / ";" / "=" / "%" / "@" / ":" / "*" / "&" / "~" / "!" / "+" / "," / "$") ["(" *DIGIT ")"]
code-badurl = "BADURL" SP (url / DQUOTE url DQUOTE) ; an imapurl, as RFC 4469 writes it and as its examples do
code-urlmech = "URLMECH" SP "INTERNAL" *(SP url-mechanism)
url-mechanism = 1*(%x41-5A / DIGIT / "-" / ".") ["=" base64]
code-annotations = "ANNOTATIONS" SP ("NONE" / ("READ-ONLY" / nz-number) [SP "NOPRIVATE"])
code-annotate = "ANNOTATE" SP ("TOOBIG" / "TOOMANY")
code-badevent = "BADEVENT" SP "(" event *(SP event) ")"
event = "MessageNew" / "MessageExpunge" / "FlagChange" / "MailboxName" / atom
code-noupdate = "NOUPDATE" SP quoted
code-filter = "UNDEFINED-FILTER" SP atom
code-other = "X-" 1*(%x41-5A) [SP 1*other-char]
other-char = %x20 / %x23-27 / %x2A-5A / %x5E-7A / %x7C-7E / "\\"
`;

/** RFC 3501 §9, RFC 9051 §9: what is said to people */
const told = `
greeting = (resp-cond-auth / resp-cond-bye)
resp-cond-auth = ("OK" / "PREAUTH") SP told-text
resp-cond-bye = "BYE" SP told-text
continue-req = SP told-text / SP base64
told-text = [resp-text / plain-text]
plain-text = %x21-5A / "see {5}" / (%x21-5A / %x5C-7E) text
`;

/** RFC 9755 §3, RFC 9051 §9: where UTF-8 is enabled */
const utf8 = `
QUOTED-CHAR = utf8-char
TEXT-CHAR = utf8-char
`;

/** RFC 3501 §9, RFC 9051 §9: whatever stands on the wire, and what the rules above leave out for want of a meaning. */
const wire = `
response = "* " response-data CRLF / "+ " (server-text / base64) CRLF / tag SP ("OK" / "NO" / "BAD") SP server-text CRLF
response-data = ("OK" / "NO" / "BAD" / "BYE" / "PREAUTH") SP server-text / number SP ("EXISTS" / "RECENT") / nz-number SP "EXPUNGE" /
  fetch-response / uidfetch-response / list-response / lsub-response / status-response / search-response / sort-response /
  esearch-response / thread-response / vanished-response / capability-response / enabled-response / flags-response /
  namespace-response / id-response / acl-response / listrights-response / myrights-response / quota-response /
  quotaroot-response / metadata-response / metadata-change / language-response / comparator-response / genurlauth-response /
  urlfetch-response / urlfetch-ext-response / jmapaccess-response / uidbatches-response
server-text = resp-text / (%x01-09 / %x0B-0C / %x0E-5A / %x5C-7F / utf8-char) [text]
uidbatches-response = "UIDBATCHES (TAG " quoted ")" [SP uid-set]
CRLF = %x0D %x0A
tag = 1*(%x21 / %x23-24 / %x26-27 / %x2C-5B / %x5D-7A / %x7C-7E)
mailbox = astring
mailbox-string = string
word = string
date-day-fixed = "29" / "3" %x30-31
cap-atom = atom
`;

export const responses = [basics, fetch, list, status, search, others, codes, told];
export const onTheWire = [...responses, utf8, wire];
