# shellcheck shell=bash
# shellcheck disable=SC2154 # audit-nodes.sh sets what is not set here
# What is refused before any node is asked. Read by audit-nodes.sh.

wrong() {
  say "audit-nodes.sh: $*"
  say "next: see audit-nodes.sh --help"
  exit 2
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
    check | explain-failure | backups | restore | recover | render | kubeadm | policy | log | falco | immutable | drill | demo | completion)
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

# no_output WORD...: what auditpatch prints is read here, or by people
no_output() {
  local word
  for word; do
    case $word in
      -o* | -[qvy]*o* | --output | --output=*)
        say "audit-nodes.sh: $word is not for this script, which reads itself what auditpatch prints"
        say "next: leave it out; JSON of one node: ssh NODE $remote_dir/auditpatch status -o json"
        exit 2
        ;;
    esac
  done
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
