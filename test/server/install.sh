#!/usr/bin/env bash
# Installs what the tests against real servers need, on Debian or Ubuntu. Quick, and silent on the network, when all is there.
# usage: test/server/install.sh [dovecot|cyrus|courier|mailutils]...     none named: all four
#
# Needs root (asks sudo when it is not). No service starts by itself. cyrus-imapd and courier-imap each conflict with
# every other IMAP server, so these two are not installed but unpacked into $IMAPWIRE_SERVERS
# (/var/cache/imapwire-servers unless set), beside the packages that they depend on.
set -euo pipefail
umask 022

cache=${IMAPWIRE_SERVERS:-/var/cache/imapwire-servers}
[ $# -gt 0 ] || set -- dovecot cyrus courier mailutils

die() { echo "install.sh: $*" >&2; exit 1; }

# cyrus and courier ask for a mail transport agent. Where there is none yet, one without a daemon will do.
mta=msmtp-mta
[ ! -e /usr/sbin/sendmail ] || mta=

# The packages apt installs for a server, and the one that is unpacked.
packages() {
  case $1 in
    dovecot) echo openssl dovecot-imapd dovecot-sieve ;;
    cyrus) echo openssl cyrus-common sasl2-bin libsasl2-modules libsasl2-modules-db libeatmydata1 $mta ;;
    courier) echo openssl courier-base courier-authdaemon courier-authlib-userdb gamin $mta ;;
    mailutils) echo openssl mailutils-imap4d ;;
  esac
}
unpacked() {
  case $1 in
    cyrus) echo cyrus-imapd ;;
    courier) echo courier-imap ;;
  esac
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=() wanted=()
for server; do
  [ -n "$(packages "$server")" ] || die "unknown server: $server"
  for package in $(packages "$server"); do
    installed "$package" || missing+=("$package")
  done
  for package in $(unpacked "$server"); do
    installed "$package" || [ -s "$cache/$package/version" ] || wanted+=("$package")
  done
done
if [ ${#missing[@]} -eq 0 ] && [ ${#wanted[@]} -eq 0 ]; then
  echo "servers already installed: $*"
  exit 0
fi

if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || die "needs root to install: ${missing[*]-} ${wanted[*]-}"
  exec sudo IMAPWIRE_SERVERS="$cache" bash "$0" "$@"
fi

work=$(mktemp -d)
chmod 777 "$work" # apt fetches as the user _apt
policy=/usr/sbin/policy-rc.d
if [ -e $policy ]; then
  trap 'rm -rf "$work"' EXIT
else
  trap 'rm -rf "$work" $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
fi

export DEBIAN_FRONTEND=noninteractive
apt() {
  apt-get -y -q --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
    -o DPkg::Lock::Timeout=120 "$@" >"$work/log" 2>&1
}
update() { apt update || { tail -20 "$work/log" >&2; die "apt-get update failed"; }; }
updated=
# The package lists may be absent (a fresh image) or too old to fetch by: one update, then once more.
apt_or_update() {
  apt "$@" && return
  [ -n "$updated" ] || { updated=1; update; apt "$@" && return; }
  tail -20 "$work/log" >&2
  die "apt-get $* failed"
}

cd "$work"
[ ${#missing[@]} -eq 0 ] || apt_or_update install "${missing[@]}"
for package in ${wanted[@]+"${wanted[@]}"}; do
  apt_or_update download "$package"
  rm -rf "${cache:?}/$package"
  mkdir -p "$cache/$package"
  dpkg-deb -x "$package"_*.deb "$cache/$package"
  dpkg-deb -f "$package"_*.deb Version >"$cache/$package/version" # last: its presence says that the rest is complete
done
echo "servers installed: $*"
