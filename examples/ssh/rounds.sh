# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # audit-nodes.sh sets and reads what is not set or read here
# The two rounds over all nodes: look and plan, then change. Read by audit-nodes.sh. Lists have one entry a node.
state=() last=() cut_off_run=() root_login=() words=() options=() shown_node=''

# words_of INDEX: the options for a node, in words; its own stand last
words_of() {
  local own
  read -r -a own <<<"${own_options[$1]}"
  words=(${shared_options[@]+"${shared_options[@]}"} ${own[@]+"${own[@]}"})
}

# what became of a node, by an exit code of auditpatch
state_of() {
  case $1 in
    0) echo 'changed' ;;
    2) echo 'wrong usage, not changed' ;;
    3) echo 'refused, not changed' ;;
    4) echo 'rolled back' ;;
    5) echo 'NOT rolled back' ;;
    130) echo 'interrupted, not changed' ;;
    255) echo 'lost; run again to see what became of it' ;;
    *) echo "ended with $1; run again to finish or undo it" ;;
  esac
}

# settle INDEX CODE [STATE]: notes what became of a node; the first failure gives the exit code
settle() {
  state[$1]=${3:-$(state_of "$2")}
  [ "$exit_code" -ne 0 ] || exit_code=$2
}

# earlier_run INDEX: tells what an earlier run came to, after its end; fails when it was waited for and failed
earlier_run() {
  local node=${nodes[$1]}
  look_at "$node" ${words[@]+"${words[@]}"}
  if [ -n "$at_work" ]; then
    note "auditpatch is at work there ($at_work): waiting for its end"
    follow "$node" "$last_time" ${words[@]+"${words[@]}"}
    case $ended in
      '' | 0) ;;
      *)
        settle "$1" "$ended"
        [ "$ended" = 255 ] || why "$node" ${words[@]+"${words[@]}"}
        return 1
        ;;
    esac
  fi
  last[$1]=$last_time
  cut_off_run[$1]=$cut_off
  [ -z "$last_time" ] || note "the last run, of $last_time: $(state_of "$last_exit")"
}

# show_plan NODE: a plan is shown once; a node whose plan differs only in the lines around is named
show_plan() {
  # without a terminal the lines that name the node go another way
  local head="$1:"
  [ ! -t 1 ] || head=' '
  sed "s/$(printf '\033')\[[0-9;]*m//g" "$work/plan" | grep -v '^[ @]' >"$work/gist"
  if [ -n "$shown_node" ] && cmp -s "$work/gist" "$work/shown"; then
    printf '%s the same changes as on %s\n' "$head" "$shown_node"
    return
  fi
  [ -t 1 ] || printf '%s\n' "$head"
  mv "$work/gist" "$work/shown"
  shown_node=$1
  # whether anything will be written is asked below
  grep -v '^nothing was written; ' "$work/plan"
}

# plan_node INDEX: state becomes `to change`, `nothing to do`, or a failure
plan_node() {
  local node=${nodes[$1]} code arguments=(plan --exit-code)
  say "$node: plan"
  [ ! -t 1 ] || [ -n "${NO_COLOR-}" ] || arguments+=(--color always)
  bring "$node"
  code=$?
  root_login[$1]=$(value root "$work/look")
  if [ $code -eq 0 ]; then
    words_of "$1"
    earlier_run "$1" || return
    options_for plan ${words[@]+"${words[@]}"}
    [ "$command" != remove ] || { arguments+=(--remove) && options_for plan-remove ${words[@]+"${words[@]}"}; }
    remote "$node" run "$remote_dir/auditpatch" "${arguments[@]}" ${options[@]+"${options[@]}"} >"$work/plan" 2>"$work/talk"
    code=$?
    notes <"$work/talk"
    # sudo ends with 1 too
    [ $code -ne 1 ] || [ -s "$work/plan" ] || code=3
    # what a run that was cut off has left is finished or undone by the next
    [ $code -ne 0 ] || [ -z "${cut_off_run[$1]}" ] || code=1
  elif [ $code -ne 255 ]; then
    code=3
  fi
  case $code in
    0) state[$1]='nothing to do' ;;
    1) state[$1]='to change' && todo+=("$1") && show_plan "$node" ;;
    255) settle "$1" 3 'not reached, not changed' ;;
    *) settle "$1" "$code" ;;
  esac
}

plan_all() {
  local index
  for index in "${!nodes[@]}"; do plan_node "$index"; done
  summary
  [ "$exit_code" -eq 0 ] || say 'nothing was changed on any node'
}

summary() {
  local index width=0
  for index in "${!nodes[@]}"; do [ "${#nodes[index]}" -le "$width" ] || width=${#nodes[index]}; done
  printf '\n'
  for index in "${!nodes[@]}"; do printf "%-${width}s  %s\n" "${nodes[index]}" "${state[index]}"; done
}

ask() {
  local names answer='' index
  [ -z "$yes" ] || return 0
  if [ ! -t 0 ] || [ ! -t 1 ]; then
    say 'there is no terminal to ask on, and --yes was not given; nothing was changed'
    exit 2
  fi
  names=$(for index in "${todo[@]}"; do printf ', %s' "${nodes[index]}"; done)
  printf '\nkube-apiserver restarts on each, one node after another.\nDo this on %s? [y/N] ' "${names#, }"
  read -r answer
  case $answer in
    y | Y | yes) ;;
    *) say 'nothing was changed' && exit 130 ;;
  esac
}

# run_on INDEX: runs the command on a node and gives its exit code, also when the connection is lost
run_on() {
  local node=${nodes[$1]} code
  words_of "$1"
  options_for "$command" ${words[@]+"${words[@]}"}
  remote "$node" run "$remote_dir/auditpatch" "$command" --yes -o json ${options[@]+"${options[@]}"} \
    2>&1 >"$work/result" | notes
  code=${PIPESTATUS[0]}
  [ "$code" -eq 255 ] || return "$code"
  note "the connection is lost; auditpatch goes on there. Asking again for up to $patience s"
  follow "$node" "${last[$1]}" ${words[@]+"${words[@]}"}
  case $ended in
    '') note "it had not begun, or had nothing to do" && return 3 ;;
    4 | 5) why "$node" ${words[@]+"${words[@]}"} ;;
  esac
  return "$ended"
}

change_node() {
  local node=${nodes[$1]} code
  say "$node: $command"
  is_changing=$node
  : >"$work/result"
  run_on "$1"
  code=$?
  settle "$1" "$code"
  [ $code -eq 0 ] || return
  # of a run that was cut off it tells besides: that alone is a change too
  if grep -q '"changes":\[\]' "$work/result"; then
    state[$1]=${cut_off_run[$1]:+finished or undone: }${cut_off_run[$1]:-nothing to do}
  elif grep -q '"healthy":null' "$work/result"; then
    state[$1]='changed, not waited for'
  fi
}

# is_unseen INDEX: nobody looked whether the node is healthy, though it was not wished so
is_unseen() {
  [ "${state[$1]}" = 'changed, not waited for' ] || return
  case " ${words[*]-} " in *' --no-wait '*) return 1 ;; esac
}

change_all() {
  local index left=${#todo[@]}
  for index in "${todo[@]}"; do state[index]='not tried'; done
  for index in "${todo[@]}"; do
    change_node "$index"
    left=$((left - 1))
    if is_unseen "$index" && [ "$left" -gt 0 ]; then
      say "${nodes[index]}: whether it is healthy was not seen, so the next node is not begun"
      say "next: look at it, and run again; to go on without this care, put --no-wait behind --, as in: NODE... -- --no-wait"
      exit_code=1
    fi
    [ "$exit_code" -eq 0 ] || break
  done
  summary
  way_back
}

show_status() {
  local index
  for index in "${!nodes[@]}"; do
    words_of "$index"
    options_for status ${words[@]+"${words[@]}"}
    printf '%s:\n' "${nodes[index]}"
    remote "${nodes[index]}" run "$remote_dir/auditpatch" status ${options[@]+"${options[@]}"}
    settle "$index" $?
  done
}
