# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What making a root of Debian 13 with mmdebstrap needs of this machine: tools/debian13 and tools/test-package source this file after
# common.sh.

can_be_root() { ((EUID == 0)) || { command -v sudo && { sudo -n true || [ -t 0 ]; }; } >/dev/null 2>&1; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_update() { as_root apt-get -q update >&2; }

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install "$@" >&2
}

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

need_tools() {
  local needed=()
  command -v mmdebstrap >/dev/null || needed+=(mmdebstrap)
  command -v bwrap >/dev/null || needed+=(bubblewrap)
  ((EUID == 0)) || command -v newuidmap >/dev/null || needed+=(uidmap)
  [ -e "$keyring" ] || needed+=(debian-archive-keyring)
  if ((${#needed[@]} == 0)); then return 0; fi
  if ! command -v apt-get >/dev/null || ! can_be_root; then
    fail 'Making the private Debian 13 that Pastiche uses here needs more packages; have them installed as root with' \
      "apt-get install ${needed[*]}"
  fi
  step 'Updating the package lists' apt_update
  step "Installing ${needed[*]}" apt_install "${needed[@]}"
}

need_namespaces() {
  local sentence setting forbidden allowed file
  if bwrap --ro-bind / / true 2>/dev/null; then
    if ((EUID == 0)) || grep -q -e "^$(id -un):" -e "^$UID:" /etc/subuid 2>/dev/null; then return 0; fi
    fail 'Making the private Debian 13 needs subordinate user ids for your account; have them added as root with' \
      "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
  fi
  if ((EUID == 0)); then
    fail 'The private Debian 13 needs namespaces, which may not be made here; if this is a container, let it make them.'
  fi
  sentence='The private Debian 13 needs namespaces, which ordinary users may not make here; run this as root'
  while read -r setting forbidden allowed; do
    file=/proc/sys/${setting//.//}
    if [ -e "$file" ] && [ "$(<"$file")" = "$forbidden" ]; then
      fail "$sentence, or have them allowed as root with" "sysctl $setting=$allowed"
    fi
  done <<'END'
kernel.unprivileged_userns_clone 0 1
kernel.apparmor_restrict_unprivileged_userns 1 0
user.max_user_namespaces 0 65536
END
  fail "$sentence."
}
