#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: ./install.sh
#        ./install.sh --uninstall
#
# Installs Pastiche for you alone, without root and without packages: all of it goes into ~/.local/opt/pastiche, the filter into the folders
# of every GIMP 3 that you have started once (your distribution's, an AppImage, the Flatpak), the live filter where GIMP's GEGL looks, the
# command line into ~/.local/bin. Installing again replaces what is there. --uninstall takes all of it away; models and styles that you have
# fetched stay.
set -eu

home=$HOME/.local/opt/pastiche
data=${XDG_DATA_HOME:-$HOME/.local/share}
config=${XDG_CONFIG_HOME:-$HOME/.config}
flatpak=$HOME/.var/app/org.gimp.GIMP
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '%s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# Every link and folder that was made outside of $home stands in its list, folders before what is in them.
made() { printf '%s\n' "$1" >>"$home/installed"; }

make_folder() {
  if [ ! -d "$1" ]; then
    make_folder "$(dirname "$1")"
    mkdir "$1"
    made "$1"
  fi
}

# link FILE PLACE: of what somebody else has put there nothing is touched.
link() {
  [ -e "$home/$1" ] || fail "$home/$1 is missing: this archive is not whole. Download it again."
  if [ -e "$2" ] || [ -L "$2" ]; then
    say "left as it is, since another Pastiche is installed there: $2"
    return
  fi
  make_folder "$(dirname "$2")"
  ln -s "$home/$1" "$2"
  made "$2"
}

remove() {
  if [ -f "$home/installed" ]; then
    sed '1!G;h;$!d' "$home/installed" | while IFS= read -r path; do # last line first
      if [ -L "$path" ]; then
        case $(readlink "$path") in "$home"/*) rm -f "$path" ;; esac
      elif [ -d "$path" ]; then
        rmdir "$path" 2>/dev/null || : # others have put something into it
      fi
    done
  fi
  rm -rf "$home"
  rmdir "$HOME/.local/opt" 2>/dev/null || :
}

# The folders of every GIMP 3 that was started once, one a line. They are not made here: GIMP would not take over the settings of the one
# before.
gimp_folders() {
  for folder in ${GIMP3_DIRECTORY:+"$GIMP3_DIRECTORY"} "$config"/GIMP/3.* "$flatpak"/config/GIMP/3.*; do
    [ ! -d "$folder" ] || say "$folder"
  done | sort -u
}

case ${1-} in
  '') ;;
  --uninstall)
    [ -d "$home" ] || fail "Pastiche is not installed in $home."
    remove
    say 'Pastiche is removed.'
    exit
    ;;
  *)
    sed -n '3,9s/^# \{0,1\}//p' "$0"
    case $1 in --help) exit ;; *) exit 2 ;; esac
    ;;
esac

[ "$(uname -sm)" = 'Linux x86_64' ] || fail "This is Pastiche for Linux on x86_64, not for $(uname -sm)."
[ "$(id -u)" != 0 ] || fail 'Pastiche is installed for one user; run this as that user, not as root.'
case $here in "$home" | "$home"/*) fail 'Pastiche is installed already; unpack a newer archive to replace it.' ;; esac
"$here/bin/pastiche" --version >/dev/null 2>&1 || {
  "$here/bin/pastiche" --version 2>&1 | head -n 3 >&2
  fail 'Pastiche does not run here; the reason stands above. Most likely this system is too old: see README.'
}

if [ -d "$home" ]; then remove; fi
mkdir -p "$home"
cp -R "$here/." "$home/"
: >"$home/installed"

link bin/pastiche "$HOME/.local/bin/pastiche"
link share/man/man1/pastiche.1.gz "$data/man/man1/pastiche.1.gz"
link share/man/zh_CN/man1/pastiche.1.gz "$data/man/zh_CN/man1/pastiche.1.gz"
link share/bash-completion/completions/pastiche "$data/bash-completion/completions/pastiche"
link share/fish/vendor_completions.d/pastiche.fish "$data/fish/vendor_completions.d/pastiche.fish"
folders=$(gimp_folders)
linked=
printf '%s\n' "$folders" | while IFS= read -r folder; do
  [ -n "$folder" ] || continue
  link plug-in/pastiche "$folder/plug-ins/pastiche/pastiche"
  link share/gimp/3.0/scripts/pastiche-batch.scm "$folder/scripts/pastiche-batch.scm"
  case $folder in "$flatpak"/*) gegl=$flatpak/data/gegl-0.4 ;; *) gegl=$data/gegl-0.4 ;; esac
  case " $linked " in
    *" $gegl "*) ;; # two versions of GIMP share it
    *) link lib/x86_64-linux-gnu/gegl-0.4/pastiche.so "$gegl/plug-ins/pastiche.so" ;;
  esac
  linked="$linked $gegl"
  case $(readlink "$folder/plug-ins/pastiche/pastiche") in "$home"/*) say "The filter is in $folder." ;; esac
done

if [ -z "$folders" ]; then
  say 'No folder of a GIMP 3 was found, so there is no filter yet: start GIMP 3 once, end it, and run this again.'
else
  say 'Start GIMP again: the filter is Filters > Artistic > Pastiche…'
fi
say 'The command line is ~/.local/bin/pastiche. To remove all of it: ~/.local/opt/pastiche/install.sh --uninstall'
