"""A dialogue of Python's imaplib with the testing server: an implementation that shares nothing with ours.

Usage: imaplib_dialogue.py PORT CA_FILE. Any failed assertion ends it with a traceback.
"""

import email
import email.message
import email.policy
import imaplib
import socket
import ssl
import sys
import time

port = int(sys.argv[1])
socket.setdefaulttimeout(20)  # seconds: an answer that never comes is told by a traceback
certificate = sys.argv[2]


def ok(answer):
    status, data = answer
    assert status == 'OK', answer
    return data


def refused(call, *args):
    """The server's text for a command that must not succeed."""
    try:
        status, data = call(*args)
    except imaplib.IMAP4.error as error:
        return str(error)
    assert status in ('NO', 'BAD'), (status, data)
    return data[0].decode()


client = imaplib.IMAP4('127.0.0.1', port)
assert 'IMAP4REV1' in client.capabilities and 'STARTTLS' in client.capabilities
assert 'AUTHENTICATIONFAILED' in refused(client.login, 'user', 'wrong')
ok(client.starttls(ssl.create_default_context(cafile=certificate)))
assert 'STARTTLS' not in client.capabilities and 'AUTH=CRAM-MD5' in client.capabilities
ok(client.login_cram_md5('user', 'pass'))
assert client.state == 'AUTH'

# Mailboxes
ok(client.create('Work/Reports'))
ok(client.create('"With space"'))
ok(client.subscribe('Work/Reports'))
listed = [line.decode() for line in ok(client.list())]
assert listed == [
    '(\\HasNoChildren) "/" INBOX',
    '(\\HasNoChildren) "/" "With space"',
    '(\\Noselect \\HasChildren) "/" Work',
    '(\\HasNoChildren) "/" Work/Reports',
], listed
assert ok(client.lsub()) == [b'() "/" Work/Reports']
ok(client.rename('Work/Reports', 'Done'))
ok(client.unsubscribe('Work/Reports'))
assert "doesn't exist" in refused(client.select, 'Work/Reports')
assert ok(client.namespace()) == [b'(("" "/")) NIL NIL']

# Messages in
assert ok(client.select()) == [b'0']
when = 1_709_618_828  # seconds since 1970
for number in range(1, 6):
    message = email.message.EmailMessage()
    message['From'] = f'Sender {number} <s{number}@example.org>'
    message['Subject'] = f'Größe {number}' if number % 2 else f'plain {number}'
    message.set_content(f'The text of message {number}.\n')
    if number == 5:
        message.add_attachment(b'\x00\x01' * 5000, maintype='application', subtype='x-data', filename='data.bin')
    raw = message.as_bytes(policy=email.policy.SMTP)
    flags = '(\\Seen Urgent)' if number == 2 else None
    assert b'APPENDUID' in ok(client.append('INBOX', flags, when, raw))[0]
assert 'TRYCREATE' in refused(client.append, 'Nowhere', None, None, b'x: y\r\n\r\n')
assert ok(client.noop()) and ok(client.select('INBOX')) == [b'5']

# Messages out
data = ok(client.fetch('5', '(UID FLAGS RFC822.SIZE BODY.PEEK[])'))
assert data[0][1] == raw and f'RFC822.SIZE {len(raw)}'.encode() in data[0][0], data[0][0]
received = email.message_from_bytes(data[0][1], policy=email.policy.default)
attachment, = received.iter_attachments()
assert attachment.get_content() == b'\x00\x01' * 5000
part = ok(client.fetch('5', '(BODY[2.MIME])'))[0][1]
assert email.message_from_bytes(part).get_filename() == 'data.bin'
assert imaplib.ParseFlags(ok(client.fetch('2', '(FLAGS)'))[0]) == (b'\\Seen', b'Urgent'), '\\Recent was for the first SELECT'
internal = imaplib.Internaldate2tuple(ok(client.fetch('1', '(INTERNALDATE)'))[0])
assert abs(time.mktime(internal) - when) < 1, internal
assert b'"Sender 3" NIL "s3" "example.org"' in ok(client.fetch('3', '(ENVELOPE)'))[0]
assert b'"attachment" ("filename" "data.bin")' in ok(client.fetch('5', '(BODYSTRUCTURE)'))[0]

# Search
assert ok(client.search(None, 'UNSEEN')) == [b'1 3 4']
client.literal = 'größe'.encode()
assert ok(client.search('UTF-8', 'SUBJECT')) == [b'1 3 5']
assert ok(client.uid('SEARCH', 'SMALLER', '1000', 'NOT', 'SEEN')) == [b'1 3 4']
assert 'BADCHARSET' in refused(client.search, 'X-NONE', 'ALL')

# Order
assert ok(client.sort('(REVERSE SIZE)', 'UTF-8', 'ALL'))[0].split()[0] == b'5'
assert ok(client.sort('(SUBJECT)', 'UTF-8', 'ALL')) == [b'1 3 5 2 4'], 'G before P, whatever the case'
assert ok(client.uid('SORT', '(REVERSE SUBJECT)', 'US-ASCII', 'UNSEEN')) == [b'4 3 1']
assert ok(client.thread('REFERENCES', 'UTF-8', 'ALL')) == [b'(1)(2)(3)(4)(5)']
assert ok(client.uid('THREAD', 'ORDEREDSUBJECT', 'UTF-8', 'UNSEEN')) == [b'(1)(3)(4)']
assert 'BADCHARSET' in refused(client.sort, '(SUBJECT)', 'X-NONE', 'ALL')

# Access, quota, annotations
assert ok(client.myrights('Done')) == [b'Done lrswipkxteacd']
ok(client.setacl('Done', 'anna', 'lr'))
assert ok(client.getacl('Done')) == [b'Done user "lrswipkxteacd" anna "lr"']
ok(client.deleteacl('Done', 'anna'))
assert ok(client.getacl('Done')) == [b'Done user "lrswipkxteacd"']
roots, quotas = ok(client.getquotaroot('INBOX'))
assert roots == [b'INBOX "User quota"'], roots
assert quotas[0].startswith(b'"User quota" (STORAGE ') and ok(client.getquota('"User quota"')) == quotas
assert 'NOPERM' in refused(client.setquota, '"User quota"', '(STORAGE 1)')
imaplib.Commands['SETMETADATA'] = imaplib.Commands['GETMETADATA'] = ('AUTH', 'SELECTED')
ok(client.xatom('SETMETADATA', 'Done', '(/private/comment "finished")'))
ok(client.xatom('GETMETADATA', 'Done', '/private/comment'))
assert client.response('METADATA')[1] == [b'Done (/private/comment "finished")']

# Flags, copies, removal
assert ok(client.store('1:2', '+FLAGS', '(\\Flagged \\Deleted)')) == [
    b'1 (FLAGS (\\Flagged \\Deleted))',
    b'2 (FLAGS (\\Seen Urgent \\Flagged \\Deleted))',
]
assert b'COPYUID' in ok(client.copy('2:3', 'Done'))[0]
assert ok(client.uid('MOVE', '4', 'Done'))
assert ok(client.expunge()) == [b'4', b'1', b'1'], 'EXPUNGE numbers, the one of MOVE first'
assert ok(client.search(None, 'ALL')) == [b'1 2']
assert ok(client.status('Done', '(MESSAGES UNSEEN UIDNEXT)')) == [b'Done (MESSAGES 3 UNSEEN 2 UIDNEXT 4)']

# Two connections see each other
other = imaplib.IMAP4('127.0.0.1', port)
ok(other.authenticate('PLAIN', lambda _: b'\0user\0pass'))
ok(other.select())
ok(other.store('1', '+FLAGS.SILENT', '\\Answered'))
assert ok(other.append('INBOX', '', '', b'Subject: late\r\n\r\n'))
client.untagged_responses.clear()
ok(client.noop())
assert client.response('EXISTS') == ('EXISTS', [b'3'])
assert b'\\Answered' in client.response('FETCH')[1][0]
assert other.logout()[0] == 'BYE'

ok(client.close())
ok(client.delete('Done'))
ok(client.enable('CONDSTORE')) if 'CONDSTORE' in client.capabilities else None
try:
    client.xatom('NONSENSE')
    raise AssertionError('an unknown command was accepted')
except imaplib.IMAP4.error as error:
    assert 'Unknown command' in str(error), error
assert client.logout()[0] == 'BYE'

# What is no IMAP at all gets an answer and costs nothing
with socket.create_connection(('127.0.0.1', port)) as stranger:
    stranger.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    answer = b''
    while b' BAD ' not in answer:  # the greeting and the answer may come in one piece or in several
        received = stranger.recv(4096)
        assert received, answer
        answer += received
print('dialogue completed')
