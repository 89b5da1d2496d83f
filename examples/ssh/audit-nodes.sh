#!/usr/bin/env bash
# Switches audit logging on, or off, on control-plane nodes by SSH, one node after another. README.md beside it tells more.
# bash 3.2 is enough, as macOS has it: hence ${x[@]+"${x[@]}"} for lists that may be empty.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$here/node.sh"
# shellcheck source-path=SCRIPTDIR source=rounds.sh
. "$here/rounds.sh"
# shellcheck source-path=SCRIPTDIR source=way-back.sh
. "$here/way-back.sh"

usage() {
  cat <<'END'
audit-nodes.sh [plan|apply|remove|status] [OPTION...] NODE... [-- AUDITPATCH...]

Switches audit logging on (apply, also when nothing is named) or off (remove) on
control-plane nodes, by SSH. First it plans on all of them: if one refuses, none
is changed. Then it asks once, changes one after another, waits until each is
healthy, and stops at the first that fails. NODE is what ssh takes: a host,
user@host, or an alias. Behind -- stand options of auditpatch, for all nodes.

  -f, --hosts FILE       nodes, one a line, each with options of auditpatch
                         behind it that are for it alone; # begins a comment
  -F, --ssh-config FILE  the configuration for ssh and scp
  --policy FILE          an audit policy of this machine, copied to the nodes;
                         or template:NAME
  --program-dir DIR      where auditpatch-linux-x64, auditpatch-linux-arm64 and
                         SHA256SUMS are [dist of the repository]
  --remote-dir DIR       where the executable lies on a node [/opt/auditpatch]
  --patience SECONDS     how long a lost node, or a run that is at work there,
                         is waited for [900]
  -y, --yes              do not ask
  -h, --help

  audit-nodes.sh cp1
  audit-nodes.sh --policy policy.yaml --hosts nodes.txt -- --log-maxage 60
  audit-nodes.sh remove cp1 cp2 cp3

Exit codes are auditpatch's own, of the node that failed first:
  0    done, or nothing to do
  1    a node was changed and not waited for, so the next one was not begun
  2    wrong usage
  3    refused, or not reached: this node was not changed
  4    failed and rolled back
  5    failed and NOT rolled back
  130  interrupted before anything was changed
  255  lost: run it again to see what became of it
END
}

wrong() {
  say "audit-nodes.sh: $*"
  say "next: see audit-nodes.sh --help"
  exit 2
}

add_node() {
  local known
  case $1 in -* | *[[:space:]]*) wrong "$1 is no name of a node" ;; esac
  for known in ${nodes[@]+"${nodes[@]}"}; do
    [ "$known" != "$1" ] || wrong "$1 is given twice, wanted each node once, on the command line or in a hosts file"
  done
  nodes+=("$1")
  own_options+=("${2:-}")
}

# one_off WORD WANTED: the same letters in another order, or one letter more, less, or other
one_off() {
  local at
  [ "$(letters "$1")" != "$(letters "$2")" ] || return 0
  for ((at = 0; at <= ${#2}; at++)); do
    # shellcheck disable=SC2254 # the ? is meant as a pattern
    case $1 in "${2:0:at}"?"${2:at}" | "${2:0:at}"?"${2:at+1}" | "${2:0:at}${2:at+1}") return 0 ;; esac
  done
  return 1
}

letters() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | fold -w 1 | sort | tr -d '\n'; }

# not_a_command WORD: the first word, where no command is named, looks more like a command than like a node
not_a_command() {
  local known
  case $1 in
    plan | apply | remove | status) wrong "$1 stands behind an option, and a command stands first" ;;
    check | explain-failure | backups | restore | recover | render | kubeadm | policy | demo | completion)
      known="$1 is a command of auditpatch that this script does not have, wanted plan, apply, remove or status"
      say "audit-nodes.sh: $known, or a node"
      say "next: run it on the node, $remote_dir/auditpatch $1; for a node of this name: audit-nodes.sh plan $1"
      exit 2
      ;;
  esac
  for known in plan apply remove status; do
    if one_off "$1" "$known"; then
      say "audit-nodes.sh: $1 is no command, wanted $known, or a node"
      say "next: audit-nodes.sh $known NODE...; for a node of this name: audit-nodes.sh plan $1"
      exit 2
    fi
  done
}

read_hosts() {
  local line name rest
  [ -r "$1" ] || wrong "$1 cannot be read, wanted a file with one node a line"
  while IFS= read -r line || [ -n "$line" ]; do
    read -r name rest <<<"${line%%#*}"
    [ -z "$name" ] || add_node "$name" "$rest"
  done <"$1"
}

# has_programs: told once, and not for each node; whether it is the right one is seen when the machine is known
has_programs() {
  local found='no SHA256SUMS'
  if [ ! -d "$program_dir" ]; then
    found='no such directory'
  elif [ -f "$program_dir/SHA256SUMS" ]; then
    [ ! -f "$program_dir/auditpatch-linux-x64" ] && [ ! -f "$program_dir/auditpatch-linux-arm64" ] || return 0
    found='neither executable'
  fi
  say "audit-nodes.sh: $program_dir: found $found, wanted auditpatch-linux-x64 or -arm64, and SHA256SUMS"
  say "next: npm run build:binary in a clone of the repository, or name another --program-dir; no node was asked"
  exit 2
}

read_arguments() {
  local is_unnamed=''
  case ${1:-} in plan | apply | remove | status) command=$1 && shift ;; *) is_unnamed=yes ;; esac
  while [ $# -gt 0 ]; do
    case $1 in
      -f | --hosts | -F | --ssh-config | --policy | --program-dir | --remote-dir | --patience)
        [ $# -gt 1 ] || wrong "$1 wants a value"
        ;;
    esac
    # what another call for the same nodes needs too
    case $1 in -F | --ssh-config | --program-dir | --remote-dir | --patience) given+=("$1" "$2") ;; esac
    case $1 in
      -f | --hosts) read_hosts "$2" && shift ;;
      -F | --ssh-config) ssh_config=$2 && shift ;;
      --policy) policy=$2 && shift ;;
      --program-dir) program_dir=$2 && shift ;;
      --remote-dir) remote_dir=${2%/} && shift ;;
      --patience) patience=$2 && shift ;;
      -y | --yes) yes=yes ;;
      -h | --help) usage && exit 0 ;;
      --) shift && shared_options=("$@") && break ;;
      -*) wrong "unknown option $1; options of auditpatch stand behind --" ;;
      *)
        [ -z "$is_unnamed" ] || not_a_command "$1"
        is_unnamed=''
        add_node "$1"
        ;;
    esac
    shift
  done
  [ ${#nodes[@]} -gt 0 ] || wrong "no node is named"
  [ -z "$ssh_config" ] || ssh_options+=(-F "$ssh_config")
  [ "$command" = status ] || has_programs
  case $remote_dir in /*) ;; *) wrong "--remote-dir wants an absolute path, found $remote_dir" ;; esac
  case $patience in '' | *[!0-9]*) wrong "--patience wants seconds, found $patience" ;; esac
  case $policy in
    '') ;;
    template:*) shared_options+=(--policy "$policy") ;;
    *)
      [ -f "$policy" ] || wrong "$policy is not there, wanted an audit policy of this machine"
      shared_options+=(--policy "$remote_dir/policy.yaml")
      ;;
  esac
}

# shellcheck disable=SC2317 # the trap calls it
interrupted() {
  trap '' INT TERM HUP
  if [ -n "$is_changing" ]; then
    say "interrupted; auditpatch goes on at $is_changing. Run this again to see what became of it"
    exit 255
  fi
  say 'interrupted'
  exit 130
}

main() {
  read_arguments "$@"
  work=$(mktemp -d) || exit 3
  trap 'rm -rf "$work"' EXIT
  trap interrupted INT TERM HUP
  if [ "$command" = status ]; then
    show_status
    exit "$exit_code"
  fi
  plan_all
  if [ "$exit_code" -eq 0 ] && [ "$command" != plan ] && [ ${#todo[@]} -gt 0 ]; then
    ask
    change_all
  fi
  exit "$exit_code"
}

# BatchMode: nothing asks for a password in the middle. Host keys are checked as your configuration has it, never less.
ssh_options=(-o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4)
command=apply program_dir=$here/../../dist remote_dir=/opt/auditpatch policy='' ssh_config='' patience=900 yes='' exit_code=0 is_changing=''
nodes=() own_options=() shared_options=() given=() todo=()
main "$@"
