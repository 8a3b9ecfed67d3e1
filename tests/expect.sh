# SPDX-License-Identifier: GPL-3.0-or-later
# What the trials of packages and of the archive say and expect (tests/package/try.sh, tests/bundle/try.sh).
# shellcheck shell=bash

say() { printf '== %s\n' "$*"; }

# expect WHAT COMMAND…: ends when any part of the command fails, which bash would pass over in a condition.
expect() {
  local what=$1 status
  shift
  say "$what"
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  if ((status != 0)); then
    printf 'try.sh: This failed: %s.\n' "$what"
    exit 1
  fi
}
