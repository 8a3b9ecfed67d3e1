# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the scripts in tools/ share: they source this file. Everything a person reads goes to stderr.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# fail SENTENCE [COMMAND-TO-TYPE]
fail() {
  say "${0##*/}: $1"
  if (($# > 1)); then say "    $2"; fi
  exit 1
}

wrong_usage() {
  say "${0##*/}: $*"
  say "Try ${0##*/} --help."
  exit 2
}

# Prints the comment that a script begins with: its documentation.
usage() { sed -n '3,/^[^#]/ { /^# shellcheck/d; s/^# \{0,1\}//p }' "$0"; }

now() { printf '%s' "${EPOCHREALTIME//[.,]/}"; } # microseconds

# elapsed SINCE: "1 min 20 s" or "3.4 s"
elapsed() {
  local tenths=$((($(now) - $1) / 100000))
  if ((tenths >= 600)); then
    printf '%d min %d s' $((tenths / 600)) $((tenths % 600 / 10))
  else
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
  fi
}

# step WHAT COMMAND…: says what is done now, does it, and says how long it took, also in the file $PASTICHE_STEPS if that is set. Call it
# plainly, not after `if` or before `||`: there the shell would not stop at the first failure inside.
step() {
  local what=$1 begin
  shift
  say "== $what"
  begin=$(now)
  "$@"
  say "   done in $(elapsed "$begin")"
  if [ -n "${PASTICHE_STEPS:-}" ]; then printf '%12s  %s\n' "$(elapsed "$begin")" "$what" >>"$PASTICHE_STEPS"; fi
}

# lock FILE WHAT: opens FILE on descriptor 9 and waits until no other run has it locked. `unlock` lets go.
lock() {
  exec 9>>"$1"
  if ! flock --nonblock 9; then
    say "== Waiting for another run: $2"
    flock 9
  fi
}

unlock() { exec 9>&-; }

# Configures build/ where that is needed (for /usr, where GIMP looks when it is installed); meson options given are applied to what is there.
configure() {
  if [ ! -e "$project/build/build.ninja" ] || [ ! -e "$project/build/meson-private/coredata.dat" ]; then
    rm -rf "$project/build/meson-private" # left by a run that was interrupted
    "$project/tools/debian13" meson setup --prefix=/usr "$@" "$project/build" "$project"
  elif (($# > 0)); then
    "$project/tools/debian13" meson configure "$@" "$project/build"
  fi
}

# build [MESON-OPTION…] [TARGET…]: into build/, one run at a time; everything when no target is named.
build() {
  local argument options=() targets=()
  for argument; do
    case $argument in
      -*) options+=("$argument") ;;
      *) targets+=("$argument") ;;
    esac
  done
  if ((${#targets[@]} == 0)); then targets=(all meson-test-prereq); fi
  step 'Setting up Debian 13' "$project/tools/debian13" true
  mkdir -p "$project/build"
  lock "$project/build/lock" 'it is building in build/'
  step 'Configuring build/' configure "${options[@]}"
  step 'Building' "$project/tools/debian13" ninja -C "$project/build" "${targets[@]}"
  unlock
}
