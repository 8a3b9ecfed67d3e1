#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What tools/test-package does in a fresh Debian 13, in which this folder also has the packages, two pictures and demo.scm.
# shellcheck disable=SC2317 # much is called through `expect`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive
unset XDG_DATA_HOME XDG_CONFIG_HOME TMPDIR OMP_NUM_THREADS

# shellcheck source=tests/expect.sh
. ./expect.sh

names=(gimp-pastiche pastiche pastiche-core)

# Without what is only recommended: what is depended on must be enough.
install_packages() { apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install ./*.deb; }

nothing_is_unmet() { apt-get -q check && [ -z "$(dpkg --audit)" ]; }

# The command's library, as the loader finds it.
openblas_is_the_one_for_openmp() { pastiche --version | tee version && grep -q 'matrix products OpenBLAS (openmp' version; }

files_are_there() {
  local file
  for file in /usr/share/man/man1/pastiche.1.gz /usr/share/man/zh_CN/man1/pastiche.1.gz /usr/share/bash-completion/completions/pastiche \
    /usr/share/zsh/vendor-completions/_pastiche /usr/share/fish/vendor_completions.d/pastiche.fish \
    /usr/share/metainfo/org.gimp.GIMP.Plugin.Pastiche.metainfo.xml; do
    [ -s "$file" ] || { echo "$file is missing."; return 1; }
  done
}

command_line_paints() {
  pastiche stylize content.jpg --style style.jpg --output painted.png --size 192 --steps 5 --quiet --report report.json
  pastiche estimate painted.png --style style.jpg --steps 5 --json | tee estimate.json
  grep -q '"width": 192' estimate.json && grep -q '"scales"' report.json
}

doctor_misses_nothing() {
  pastiche doctor >findings || true # a slow machine is no fault of the packages
  cat findings
  ! grep -q '^ *missing' findings && grep -q 'GIMP 3.*finds the filter' findings
}

gimp() {
  gimp-console-3 --no-interface --no-data --no-fonts --quit --batch-interpreter=plug-in-script-fu-eval --batch "$1" 2>&1 | tee gimp.log
}

gimp_knows_the_filter() {
  gimp "(begin (display (list \"procedures\" (defined? 'plug-in-pastiche) (defined? 'pastiche-batch))) (newline))"
  grep -q '(procedures #t #t)' gimp.log
}

gimp_paints_a_layer() {
  export PASTICHE_DEMO_CONTENT=$PWD/content.jpg PASTICHE_DEMO_STYLE=$PWD/style.jpg PASTICHE_DEMO_OUTPUT=$PWD/gimp.png PASTICHE_DEMO_SIZE=192
  gimp "(begin (load \"$PWD/demo.scm\") (demo))"
  grep -q '^saved 192 ' gimp.log && [ -s gimp.png ] &&
    pastiche estimate gimp.png --style style.jpg --steps 5 --json | grep -q '"width": 192'
}

remove_packages() {
  dpkg -L "${names[@]}" | grep -vx '/\.' | sort -u >owned # the root itself it calls “/.”
  apt-get -q -y -o Dpkg::Use-Pty=0 purge "${names[@]}"
}

nothing_is_left() {
  local path
  while read -r path; do
    if [ -e "$path" ] && [ ! -d "$path" ] || { [ -d "$path" ] && ! dpkg -S "$path" >/dev/null 2>&1; }; then
      echo "$path is left."
      return 1
    fi
  done <owned
  # What users have made, and the packages themselves, are no part of it.
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /root -o -path /tmp -o -path /var/log -o -path /var/cache -o -path "$PWD" \
    -o -path /var/lib/apt \) -prune -o -iname '*pastiche*' -print | tee left
  [ ! -s left ]
}

expect 'apt installs the packages' install_packages
expect 'their dependencies are met' nothing_is_unmet
expect 'LibTorch gets OpenBLAS for OpenMP' openblas_is_the_one_for_openmp
expect 'manual, completions and metainfo are there' files_are_there
expect 'the command line paints' command_line_paints
expect 'GIMP lists the procedures' gimp_knows_the_filter
expect 'GIMP paints a layer' gimp_paints_a_layer
expect 'pastiche doctor misses nothing' doctor_misses_nothing
expect 'apt removes the packages' remove_packages
expect 'nothing of them is left' nothing_is_left
