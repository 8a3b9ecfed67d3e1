#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What tools/test-bundle does where there is GIMP and nothing that Pastiche needs. In this folder are the archive, two pictures and demo.scm.
# Run by root, who only makes a user that does the rest. Argument: a folder that this user may have, which is the home.
# shellcheck disable=SC2317 # much is called through `expect`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ((EUID == 0)); then
  printf 'painter:x:1000:1000::%s:/bin/sh\n' "$1" >>/etc/passwd
  install --directory --owner=1000 --group=1000 "$1"
  exec setpriv --reuid=1000 --regid=1000 --clear-groups env -i PATH=/usr/bin:/bin HOME="$1" LC_ALL=C.UTF-8 bash try.sh
fi

# shellcheck source=tests/expect.sh
. ./expect.sh

files=$PWD
home=$HOME/.local/opt/pastiche
pastiche=$HOME/.local/bin/pastiche
try=$HOME/try
mkdir "$try"
cd "$try"

gimp() {
  gimp-console-3 --no-interface --no-data --no-fonts --quit --batch-interpreter=plug-in-script-fu-eval --batch "$1" 2>&1 | tee gimp.log
}

# What is in the home folder, but for this trial's own files and what GIMP writes.
at_home() { find "$HOME" \( -path "$try" -o -path "$HOME/.config/GIMP/*/*" -o -path "$HOME/.cache" -o -path "$HOME/.local/share/gegl-0.4" \) -prune -o -print | sort; }

nothing_of_it_is_there() { ! /sbin/ldconfig -p | grep -E 'libtorch|libvips|libopencv'; }

gimp_makes_its_folder() {
  gimp '(display (list "version" (car (gimp-version))))'
  [ -d "$HOME/.config/GIMP" ]
}

install_archive() {
  at_home >before
  mkdir unpacked
  tar --extract --file "$files"/*.tar.xz --directory unpacked
  sh unpacked/*/install.sh | tee install.log
  grep -q "^The filter is in $HOME/.config/GIMP/3" install.log
  rm -r unpacked
}

# Of the system's own libraries only the C and C++ runtime.
command_line_brings_its_libraries() {
  ldd "$home/libexec/pastiche" | sed -n 's/^\t\(\S*\) => \/\(usr\/\)\?lib.*/\1/p' | tee outside
  ! grep -Ev '^(lib(c|m|stdc\+\+|gcc_s|resolv|dl|pthread)\.so\..*)$' outside
}

command_line_paints() {
  "$pastiche" stylize "$files/content.jpg" --style "$files/style.jpg" --output "painted.$1" --size 192 --steps 5 --quiet --report report.json
  "$pastiche" estimate "painted.$1" --style "$files/style.jpg" --steps 5 --json | tee estimate.json
  grep -q '"width": 192' estimate.json && grep -q '"scales"' report.json
}

film_is_painted() {
  mkdir frames
  cp "$files/content.jpg" frames/1.jpg
  cp "$files/content.jpg" frames/2.jpg
  "$pastiche" batch frames --sequence --style "$files/style.jpg" --output-dir film --size 96 --steps 2 --quiet
  [ -s film/2.jpg ] || [ -s film/2.png ]
}

it_speaks_chinese() {
  mkdir locales
  ln -s /usr/lib/locale/C.utf8 locales/zh_CN.UTF-8 # gettext translates in no locale that is called C
  LOCPATH=$PWD/locales LC_ALL=zh_CN.UTF-8 LANGUAGE=zh_CN "$pastiche" --help | grep -q '图'
}

doctor_misses_nothing() {
  "$pastiche" doctor >findings || true # a slow machine is no fault of the archive
  cat findings
  ! grep -q '^ *missing' findings && grep -q 'GIMP 3.*finds the filter' findings
}

gimp_knows_the_filter() {
  gimp "(begin (display (list \"procedures\" (defined? 'plug-in-pastiche) (defined? 'pastiche-batch))) (newline))"
  grep -q '(procedures #t #t)' gimp.log
}

gimp_paints_a_layer() {
  export PASTICHE_DEMO_CONTENT=$files/content.jpg PASTICHE_DEMO_STYLE=$files/style.jpg PASTICHE_DEMO_OUTPUT=$PWD/gimp.png PASTICHE_DEMO_SIZE=192
  gimp "(begin (load \"$files/demo.scm\") (demo))"
  grep -q '^saved 192 ' gimp.log && [ -s gimp.png ] &&
    "$pastiche" estimate gimp.png --style "$files/style.jpg" --steps 5 --json | grep -q '"width": 192'
}

# The layer in the file stays the photograph; what is exported is painted.
gimp_paints_live() {
  gimp "(begin (script-fu-use-v3)
    (let* ((image (gimp-file-load RUN-NONINTERACTIVE \"$files/content.jpg\")) (layer (vector-ref (gimp-image-get-layers image) 0)))
      (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector layer) #:style-source \"file\"
                        #:style-file \"$files/style.jpg\" #:output \"live-filter\")
      (display (list \"filters\" (vector-length (gimp-drawable-get-filters layer))))
      (gimp-file-save RUN-NONINTERACTIVE image \"$PWD/live.png\")
      (gimp-drawable-filter-delete (vector-ref (gimp-drawable-get-filters layer) 0))
      (gimp-file-save RUN-NONINTERACTIVE image \"$PWD/plain.png\")))"
  grep -q '(filters 1)' gimp.log && [ -s live.png ] && ! cmp --quiet live.png plain.png
}

install_again() {
  mkdir unpacked
  tar --extract --file "$files"/*.tar.xz --directory unpacked
  sh unpacked/*/install.sh
  rm -r unpacked
  "$pastiche" --version
}

remove_it() { "$home/install.sh" --uninstall; }

nothing_is_left() {
  at_home >after
  diff before after
  find "$HOME/.config/GIMP" "$HOME/.local/share/gegl-0.4" \( -iname '*pastiche*' -o -xtype l \) -print | tee left
  [ ! -s left ]
}

expect 'nothing that Pastiche needs is there' nothing_of_it_is_there
expect 'GIMP makes its folder' gimp_makes_its_folder
expect 'install.sh installs the archive' install_archive
expect 'the command line brings its libraries along' command_line_brings_its_libraries
for ending in png jpg tif webp exr; do expect "the command line paints: $ending" command_line_paints "$ending"; done
expect 'a film is painted' film_is_painted
expect 'it speaks Chinese' it_speaks_chinese
expect 'GIMP lists the procedures' gimp_knows_the_filter
expect 'GIMP paints a layer' gimp_paints_a_layer
expect 'GIMP paints with the live filter' gimp_paints_live
expect 'pastiche doctor misses nothing' doctor_misses_nothing
expect 'install.sh replaces what is there' install_again
expect 'install.sh removes it' remove_it
expect 'nothing of it is left' nothing_is_left
