# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # audit-nodes.sh and rounds.sh set and read what is not set or read here
# One node, as audit-nodes.sh sees it. Read by that script, which sets: here, work, ssh_options, program_dir, remote_dir,
# policy, patience.

say() { printf '%s\n' "$*" >&2; }

# note TEXT: a line about the node that was named last, in words that are not torn on a terminal
note() {
  local width=10000
  [ ! -t 2 ] || width=$(($(tput cols 2>/dev/null || echo 80) - 2))
  printf '%s\n' "$*" | fold -s -w "$width" | sed 's/^/  /' >&2
}

# lines of stdin as notes, each as soon as it is there
notes() {
  local line
  while IFS= read -r line; do note "$line"; done
}

# each word in single quotes, for the shell of the node
quoted() {
  local word
  for word; do printf " '%s'" "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"; done
}

# remote NODE ACTION...: an action of on-node.sh on a node; 255 is ssh's own failure
remote() {
  local node=$1
  shift
  # shellcheck disable=SC2029 # quoted() is meant to be done here
  ssh "${ssh_options[@]}" -T -- "$node" "sh -s --$(quoted "$@")" <"$here/on-node.sh"
}

# facts NODE FILE ACTION...: what an action prints, in FILE; what it says besides is shown when it fails
facts() {
  local node=$1 file=$2 code
  shift 2
  remote "$node" "$@" >"$file" 2>"$work/talk" && return
  code=$?
  notes <"$work/talk"
  return $code
}

# value KEY FILE: of a line KEY=value; whatever a login shell prints besides is passed over
value() { sed -n "s/^$1=//p" "$2" | tail -n 1; }

sum_of_local() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# copy NODE FILE TARGET SHA256 MODE: under a new name first, then checked on the node, then renamed
copy() {
  local upload
  facts "$1" "$work/upload" make-upload || return
  upload=$(value upload "$work/upload")
  note "copying ${2##*/} to $3"
  # not by scp, which takes ::1:NAME for a file of this machine
  # shellcheck disable=SC2029,SC2016 # quoted() is meant to be done here, and $1 there
  if ! ssh "${ssh_options[@]}" -T -- "$1" "sh -c$(quoted 'umask 077; cat >"$1"' sh "$upload")" <"$2" >/dev/null; then
    remote "$1" drop "$upload" 2>/dev/null
    note "${2##*/} could not be copied; next: look at the connection, and for room in the home directory on $1"
    return 3
  fi
  remote "$1" put "$upload" "$3" "$4" "$5" 2>&1 | notes
  return "${PIPESTATUS[0]}"
}

# program_for MACHINE: the executable for what `uname -m` says, in program; its checksum in program_sum
program_for() {
  local found
  case $1 in
    x86_64) program=$program_dir/auditpatch-linux-x64 ;;
    aarch64) program=$program_dir/auditpatch-linux-arm64 ;;
    *) note "there is no executable for $1, only for x86_64 and aarch64; next: install the npm package there" && return 3 ;;
  esac
  program_sum=$(sed -n "s/^\([0-9a-f]\{64\}\)[ *]*${program##*/}\$/\1/p" "$program_dir/SHA256SUMS" 2>/dev/null)
  if [ ! -f "$program" ] || [ -z "$program_sum" ]; then
    note "$program, or its line in SHA256SUMS beside it, is not there; next: npm run build:binary, or --program-dir"
    return 3
  fi
  found=$(sum_of_local "$program")
  [ "$found" = "$program_sum" ] && return
  note "$program: sha256 found $found, wanted $program_sum as in SHA256SUMS; next: build or fetch it again"
  return 3
}

# bring NODE: the executable, and the policy if one was given, are on the node and are what they are here
bring() {
  local machine
  facts "$1" "$work/look" look "$remote_dir/auditpatch" || return
  machine=$(value machine "$work/look")
  program_for "$machine" || return
  if [ "$(value sum "$work/look")" != "$program_sum" ]; then
    copy "$1" "$program" "$remote_dir/auditpatch" "$program_sum" 0755 || return
  fi
  case $policy in
    '' | template:*) return ;;
  esac
  copy "$1" "$policy" "$remote_dir/policy.yaml" "$(sum_of_local "$policy")" 0600
}

# options_for COMMAND WORD...: those of auditpatch's options that a command takes, in options. A word without a dash is the
# value of the option before it.
options_for() {
  local command=$1 word kind=setting
  shift
  options=()
  for word; do
    case $word in
      --manifest | --manifest=*) kind=manifest ;;
      --root | --root=* | --backup-dir | --backup-dir=*) kind=place ;;
      --wait | --no-wait | --wait-timeout* | --wait-stable* | --no-rollback | --backup-keep* | --restart-kubelet*)
        kind=running
        ;;
      --purge) kind=purge ;;
      -?*) kind=setting ;;
    esac
    case $command-$kind in
      restore-manifest) ;;
      *-place | *-manifest | plan-setting | apply-setting | apply-running | remove-running | restore-running | remove-purge | \
        plan-remove-purge)
        options+=("$word")
        ;;
    esac
  done
}

# look_at NODE WORD...: what auditpatch status tells: at_work, cut_off, last_time and last_exit, each empty when there is none
look_at() {
  local node=$1 code
  shift
  options_for status "$@"
  remote "$node" run "$remote_dir/auditpatch" status -o json ${options[@]+"${options[@]}"} >"$work/status" 2>"$work/talk"
  code=$?
  at_work=$(sed -n 's/.*"atWork":"\([^"]*\)".*/\1/p' "$work/status")
  cut_off=$(sed -n 's/.*"interrupted":"\([^"]*\)".*/\1/p' "$work/status")
  last_time=$(sed -n 's/.*"lastRun":{"time":"\([^"]*\)".*/\1/p' "$work/status")
  last_exit=$(sed -n 's/.*"lastRun":{[^}]*"exit":\([0-9]*\)}.*/\1/p' "$work/status")
  return "$code"
}

# follow NODE BEFORE WORD...: waits for the end of the run that is at work there. Its exit code is in ended: empty when the
# run changed nothing, 255 when the node could not be asked any more. BEFORE is the time of the last run as it was known.
follow() {
  local node=$1 before=$2 idle=0 end=$((SECONDS + patience))
  shift 2
  ended=255
  while [ "$SECONDS" -lt "$end" ]; do
    look_at "$node" "$@"
    if [ $? -eq 255 ] || [ -n "$at_work" ]; then
      idle=0
    elif [ -n "$last_time" ] && [ "$last_time" != "$before" ]; then
      ended=$last_exit
      return
    # between its start and its journal, and between its end and the log of runs, a run is not seen
    elif [ $((idle += 1)) -ge 5 ]; then
      ended=
      return
    fi
    sleep 2
  done
}

# why NODE WORD...: the message of the last run that failed
why() {
  local node=$1 word root='' is_root=''
  shift
  for word; do
    case $word in
      --root=*) root=${word#--root=} ;;
      --root) is_root=yes && continue ;;
      *) [ -z "$is_root" ] || root=$word ;;
    esac
    is_root=
  done
  remote "$node" why "${root%/}/var/log/auditpatch.log" | notes
}
