#!/bin/sh
# What audit-nodes.sh has done on a node: it goes there by `ssh NODE sh -s -- ACTION...`, so that nothing but sh has to be there.
# Its exit code is that of the program it runs; 3: refused, nothing was changed.
set -u
# whatever that of the login is: what is put here runs as root
umask 022

say() { printf '%s\n' "$*" >&2; }

# the rights of root, or a clear end: a password cannot be asked for here
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi
}

sum_of() { as_root sha256sum "$1" 2>/dev/null | cut -d ' ' -f 1; }

# sound FILE: a regular file that root alone can change
sound() { [ -n "$(as_root find "$1" -prune -type f -user 0 ! -perm -020 ! -perm -002 2>/dev/null)" ]; }

# sound_directory DIRECTORY: it is not there yet, or root alone can change what lies in it
sound_directory() {
  as_root test -e "$1" || return 0
  [ -z "$(as_root find -L "$1" -prune -type d -user 0 ! -perm -020 ! -perm -002 2>/dev/null)" ] || return 0
  say "$1: found $(as_root stat -L -c '%A of %U' "$1"), wanted a directory of root in which no group and nobody else may write"
  say "next: chown root $1; chmod go-w $1; or give another --remote-dir; a shared one, as /tmp, is none"
  return 3
}

# look FILE: what kind of machine this is, whether we may be root here, and the sha256 of FILE
look() {
  if ! command -v sha256sum >/dev/null; then
    say "sha256sum is not there, wanted to check what is copied; it is in the package coreutils"
    return 3
  fi
  if ! as_root true; then
    say "$(id -un) is not root here and sudo wants a password, or is not there"
    say "next: log in as root, or let $(id -un) use sudo without a password (NOPASSWD) on this node"
    return 3
  fi
  # the executable aborts, with a report of its own, before it can say why
  if [ ! -r /proc/self/maps ]; then
    say "/proc is not mounted here, and the executable needs it"
    say "next: mount -t proc proc /proc"
    return 3
  fi
  if [ "$(uname -m)" = x86_64 ] && ! grep -q '^flags.* sse4_2' /proc/cpuinfo; then
    say "this processor has no SSE4.2, which the executable needs; a virtual machine may hide it (kvm64, qemu64)"
    say "next: give the machine a newer type of processor (x86-64-v2 or host), or install the npm package there"
    return 3
  fi
  sound_directory "${1%/*}" || return
  # what a connection that was lost while copying has left
  find . -maxdepth 1 -name '.auditpatch.??????' -mtime +0 -exec rm -f {} +
  root=no
  [ "$(id -u)" != 0 ] || root=yes
  printf 'machine=%s\nroot=%s\n' "$(uname -m)" "$root"
  # one that others can change is put anew
  if sound "$1"; then printf 'sum=%s\n' "$(sum_of "$1")"; fi
}

# make-upload: an empty file of a new name in the home directory, for what is sent
make_upload() {
  umask 077
  name=$(mktemp .auditpatch.XXXXXX) || return 3
  printf 'upload=%s\n' "$name"
}

# put UPLOAD FILE SHA256 MODE: gives the upload its place by one rename, if it is what was sent
put() {
  found=$(sum_of "$1")
  if [ "$found" != "$3" ]; then
    rm -f "$1"
    say "$2: damaged on the way: sha256 found ${found:-none}, wanted $3; it was removed, and nothing was run"
    say "next: check the disk and the connection, then run again"
    return 3
  fi
  new=
  if as_root mkdir -p "${2%/*}" && sound_directory "${2%/*}" && new=$(as_root mktemp "${2%/*}/.${2##*/}.XXXXXX") &&
    as_root cp "$1" "$new" && as_root chown 0:0 "$new" && as_root chmod "$4" "$new" &&
    [ "$(sum_of "$new")" = "$3" ] && as_root mv -f "$new" "$2"; then
    rm -f "$1"
    return 0
  fi
  [ -z "$new" ] || as_root rm -f "$new"
  rm -f "$1"
  say "$2: could not be put in place; next: check the disk and the rights of ${2%/*}, or give another --remote-dir"
  return 3
}

# run FILE ARGUMENT...: the program as root. Standard input is this script, so the program gets none
run() {
  # `status` comes here without a look
  sound_directory "${1%/*}" || return
  if as_root test -e "$1" && ! sound "$1"; then
    say "$1: not root alone can change it, so it was not run; next: plan puts it anew"
    return 3
  fi
  # these two would make another program of it; env behind sudo, which may take them from /etc/environment
  as_root env -u BUN_OPTIONS -u BUN_BE_BUN "$@" </dev/null
  code=$?
  case $code in
    126 | 127) say "$1 cannot be run here; is its file system mounted noexec? next: give another --remote-dir" ;;
  esac
  return "$code"
}

# why FILE: the last failure that the log of runs tells of
why() {
  as_root tail -n 50 "$1" 2>/dev/null | sed -n 's/.*"exit":[45],.*"message":"\(.*\)"}}$/\1/p' | tail -n 1 |
    sed 's/\\n/ /g; s/\\"/"/g'
}

action=$1
shift
case $action in
  look) look "$@" ;;
  make-upload) make_upload ;;
  put) put "$@" ;;
  drop) rm -f "$1" ;;
  # the directory of the login may be gone
  run) cd / && run "$@" ;;
  why) cd / && why "$@" ;;
  *) say "on-node.sh: unknown action $action" && exit 2 ;;
esac
