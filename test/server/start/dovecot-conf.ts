/** dovecot.conf for Dovecot 2.3: everything under one ordinary account and one directory, on loopback. */
import { existsSync } from 'node:fs';
import type { Place } from './launch.ts';

export interface DovecotOptions {
  /** Default maildir. mbox has \NoInferiors leaves and \Noselect parents. */
  readonly format?: 'maildir' | 'mdbox' | 'sdbox' | 'mbox';
  /** Default '/'. */
  readonly separator?: '/' | '.';
  /** Of the personal namespace, e.g. 'INBOX.'; default ''. */
  readonly prefix?: string;
  /** imap_capability: a poorer server, e.g. 'IMAP4rev1 IDLE'. What it stops announcing still works. */
  readonly capability?: string;
  /** auth_mechanisms; default everything that Dovecot has. */
  readonly mechanisms?: string;
  /** More lines for dovecot.conf, read last: 'imap_literal_minus = yes'. */
  readonly extra?: string;
  /** Both directions of every connection, in dir/rawlog. */
  readonly rawlog?: boolean;
}

export const MECHANISMS =
  'plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 anonymous external';
const SPECIAL_USES = ['Drafts', 'Sent', 'Trash', 'Junk', 'Archive'];
const FILTER_SIEVE = '/usr/lib/dovecot/modules/lib95_imap_filter_sieve_plugin.so';

export function dovecotConf(place: Place, options: DovecotOptions): string {
  return [
    general(place),
    authentication(place, options),
    storage(place, options),
    services(place),
    options.extra ?? '',
  ].join('\n');
}

function general({ dir, account, strictHost }: Place): string {
  return `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
instance_name = ${dir}
protocols = imap
listen = 127.0.0.1

default_internal_user = ${account.name}
default_internal_group = ${account.group}
default_login_user = ${account.name}
mail_uid = ${account.uid}
mail_gid = ${account.gid}
first_valid_uid = 1
first_valid_gid = 0
default_vsz_limit = 2G
default_process_limit = 1000
default_client_limit = 4000
mail_max_userip_connections = 1000
mail_fsync = never
shutdown_clients = yes

ssl = yes
ssl_cert = <${dir}/tls/cert.pem
ssl_key = <${dir}/tls/key.pem
ssl_ca = <${dir}/tls/ca.pem
ssl_min_protocol = TLSv1.2
ssl_require_crl = no
ssl_verify_client_cert = yes
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes
disable_plaintext_auth = no
# has no effect where client and server have one address, hence a second one
local ${strictHost} {
  disable_plaintext_auth = yes
}
`;
}

function authentication({ dir, account }: Place, { mechanisms = MECHANISMS }: DovecotOptions): string {
  const ids = `uid=${account.uid} gid=${account.gid} home=${dir}/home/%u`;
  return `
auth_mechanisms = ${mechanisms}
auth_anonymous_username = anonymous
auth_username_chars =
auth_username_format = %u
auth_worker_max_count = 5
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${dir}/users
  mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256
}
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${dir}/oauth2.conf
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
userdb {
  driver = passwd-file
  args = username_format=%u ${dir}/users
  default_fields = ${ids}
  result_success = return-ok
}
userdb {
  driver = static
  args = ${ids}
}
`;
}

function storage(
  { dir }: Place,
  { format = 'maildir', separator = '/', prefix = '', capability, rawlog }: DovecotOptions,
): string {
  const boxes = SPECIAL_USES.map(
    (name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`,
  );
  return `
mail_home = ${dir}/home/%u
mail_location = ${format === 'mbox' ? 'mbox:~/mail:INBOX=~/inbox' : `${format}:~/mail`}
mail_attribute_dict = file:%h/dovecot-attributes
mail_plugins = acl quota zlib notify virtual
mail_always_cache_fields = flags
imap_metadata = yes
imap_urlauth_host = localhost
imap_id_send = name * version *
imap_id_retain = yes
${capability ? `imap_capability = ${capability}` : ''}
${rawlog ? `rawlog_dir = ${dir}/rawlog` : ''}
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota imap_zlib ${existsSync(FILTER_SIEVE) ? 'imap_filter_sieve' : ''}
}

namespace inbox {
  type = private
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
${boxes.join('\n')}
}
# its mailboxes are searches over the first one
namespace virtual {
  type = private
  separator = ${separator}
  prefix = Virtual${separator}
  location = virtual:${dir}/virtual:INDEX=~/virtual
  list = children
  subscriptions = no
  mailbox All {
    special_use = \\All
  }
  mailbox Flagged {
    special_use = \\Flagged
  }
}
namespace shared {
  type = shared
  separator = ${separator}
  prefix = Other Users${separator}%%u${separator}
  location = ${format}:%%h/mail:INDEXPVT=~/shared/%%u
  subscriptions = no
  list = children
}
namespace public {
  type = public
  separator = ${separator}
  prefix = Public${separator}
  location = ${format}:${dir}/public:INDEXPVT=~/public
  subscriptions = no
  list = children
  mailbox Board {
    auto = create
  }
}
plugin {
  acl = vfile:${dir}/global-acl
  acl_shared_dict = file:${dir}/shared-mailboxes
  acl_ignore_namespace = Virtual*
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=10G
  quota_max_mail_size = 100M
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
`;
}

function services({ port, tlsPort, strictHost, strictPort }: Place): string {
  return `
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 2000
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imap-strict {
    address = ${strictHost}
    port = ${strictPort}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${tlsPort}
    ssl = yes
  }
}
service imap {
  process_limit = 1000
  process_min_avail = 1
}
service anvil {
  chroot =
  # no growing delay after failed logins from one address
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-urlauth-login {
  chroot =
}
service imap-urlauth-worker {
  unix_listener imap-urlauth-worker {
    mode = 0600
  }
}
`;
}
