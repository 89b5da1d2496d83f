#!/usr/bin/env bash
# Brings the programs of Ansible that the tests need into a directory that is kept: install.sh DIRECTORY
# debian: ansible-core of the distribution; newest: the newest that the same Python can run; lint: ansible-lint.
set -euo pipefail
directory=$1
mkdir -p -m 700 "$directory/home/.ansible/test/cache"
exec 9>"$directory/lock"
flock 9

# packages come from elsewhere, and what fails may be theirs
again() {
  for pause in 5 30; do
    "$@" && return
    sleep "$pause"
  done
  "$@"
}

if [ ! -x /usr/bin/ansible-playbook ] || ! /usr/bin/python3 -c 'import ensurepip'; then
  again apt-get -qq -o Acquire::Retries=3 update
  again apt-get -y -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends ansible-core python3-venv
fi

venv() { # NAME PACKAGE
  [ -e "$directory/$1/.complete" ] && return
  rm -rf "${directory:?}/$1"
  /usr/bin/python3 -m venv "$directory/$1"
  again "$directory/$1/bin/pip" install --quiet --disable-pip-version-check "$2"
  touch "$directory/$1/.complete"
}
venv newest ansible-core
venv lint ansible-lint

# ansible-test looks here for what brings the pip of its choice into its virtual environments before it looks in the internet
versions=$(sed -nE "s/^ *pip='([0-9.]+)',.*\$/\1/p" \
  /usr/lib/python3/dist-packages/ansible_test/_internal/python_requirements.py \
  "$directory"/newest/lib/python3*/site-packages/ansible_test/_internal/python_requirements.py | sort -u)
for version in $versions; do
  cat >"$directory/home/.ansible/test/cache/get_pip_${version//./_}.py" <<'PYTHON'
import ensurepip
import subprocess
import sys
ensurepip.bootstrap(default_pip=True)
words = [word for word in sys.argv[1:] if not word.startswith('--no-')]
sys.exit(subprocess.call([sys.executable, '-m', 'pip', 'install', '--quiet'] + words))
PYTHON
done
