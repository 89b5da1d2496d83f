# shellcheck shell=bash
# shellcheck disable=SC2154 # audit-nodes.sh and rounds.sh set what is not set here
# The commands that undo what was done, as they can be pasted. Read by audit-nodes.sh.

# plain WORD...: the words for a shell, in quotes only where they need them
plain() {
  local word text=''
  for word; do
    case $word in
      '' | *[!A-Za-z0-9_./:@%+,=-]*) text+=$(quoted "$word") ;;
      *) text+=" $word" ;;
    esac
  done
  printf '%s' "${text# }"
}

# after_node INDEX: what stands behind the node in a call of this script for `remove`
after_node() {
  words_of "$1"
  options_for remove ${words[@]+"${words[@]}"}
  [ ${#options[@]} -eq 0 ] || plain -- "${options[@]}"
}

# remove_line NODES AFTER
remove_line() {
  local script=$0 call=()
  case $script in */*) ;; *) script=./$script ;; esac
  [ -x "$script" ] || call=(bash)
  call+=("$script" remove ${given[@]+"${given[@]}"})
  printf '  %s %s%s\n' "$(plain "${call[@]}")" "$1" "${2:+ $2}"
}

# remove_lines INDEX...: one line for neighbours that have the same options
remove_lines() {
  local index names='' after='' this
  for index; do
    this=$(after_node "$index")
    if [ -n "$names" ] && [ "$this" != "$after" ]; then
      remove_line "$names" "$after"
      names=''
    fi
    names+="${names:+ }$(plain "${nodes[index]}")"
    after=$this
  done
  remove_line "$names" "$after"
}

# restore_line INDEX: the shell of the node reads the command once more, so it is quoted twice where it has to be
restore_line() {
  local run=("$remote_dir/auditpatch" restore) login=(ssh -t) text
  words_of "$1"
  options_for restore ${words[@]+"${words[@]}"}
  run+=(${options[@]+"${options[@]}"})
  [ "${root_login[$1]}" = yes ] || run=(sudo "${run[@]}")
  [ -z "$ssh_config" ] || login+=(-F "$ssh_config")
  login+=("${nodes[$1]}")
  text=$(plain "${run[@]}")
  case $text in *"'"*) text=$(plain "$text") ;; esac
  printf '  %s %s\n' "$(plain "${login[@]}")" "$text"
}

way_back() {
  local index changed=()
  for index in "${todo[@]}"; do case ${state[index]} in changed*) changed+=("$index") ;; esac; done
  [ ${#changed[@]} -gt 0 ] || return
  if [ "$command" = apply ]; then
    printf '\nThe way back: takes out the audit settings\n'
    remove_lines "${changed[@]}"
    printf 'or: the files as they were before\n'
  else
    printf '\nThe way back: the files as they were before\n'
  fi
  for index in "${changed[@]}"; do restore_line "$index"; done
}
