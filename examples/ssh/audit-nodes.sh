#!/usr/bin/env bash
# Switches audit logging on, or off, on control-plane nodes by SSH, one node after another. README.md beside it tells more.
# bash 3.2 is enough, as macOS has it: hence ${x[@]+"${x[@]}"} for lists that may be empty.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$here/node.sh"
# shellcheck source-path=SCRIPTDIR source=checks.sh
. "$here/checks.sh"
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
  -F, --ssh-config FILE  the configuration for ssh
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

add_node() {
  local known
  case $1 in
    -* | *[[:space:]]*) wrong "$1 is no name of a node" ;;
    */*) wrong "$1 is no name of a node, wanted a host, user@host or an alias, without / or ssh://" ;;
  esac
  for known in ${nodes[@]+"${nodes[@]}"}; do
    [ "$known" != "$1" ] || wrong "$1 is given twice, wanted each node once, on the command line or in a hosts file"
  done
  nodes+=("$1")
  own_options+=("${2:-}")
}

read_hosts() {
  local line name rest
  [ -r "$1" ] || wrong "$1 cannot be read, wanted a file with one node a line"
  while IFS= read -r line || [ -n "$line" ]; do
    read -r name rest <<<"${line%%#*}"
    [ -z "$name" ] || add_node "$name" "$rest"
  done <"$1"
}

read_arguments() {
  local is_unnamed='' own own_words=()
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
  no_output ${shared_options[@]+"${shared_options[@]}"}
  for own in "${own_options[@]}"; do
    read -r -a own_words <<<"$own"
    no_output ${own_words[@]+"${own_words[@]}"}
  done
  [ "$command" = status ] || has_programs
  case $remote_dir in /*) ;; *) wrong "--remote-dir wants an absolute path, found $remote_dir" ;; esac
  case $patience in '' | *[!0-9]*) wrong "--patience wants seconds, found $patience" ;; esac
  # else 0900 is an octal number
  patience=$((10#$patience))
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
