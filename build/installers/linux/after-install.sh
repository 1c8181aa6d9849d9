#!/bin/sh
# Runs after .deb and .rpm have put their files there. dpkg says "configure" and the version before, if there was one;
# rpm says how many versions there are now.
set -e

app=/opt/Lanyard
profile=$app/resources/apparmor-profile
installed_profile=/etc/apparmor.d/lanyard-desktop

is_upgrade() {
  [ "$1" = configure ] && [ -n "$2" ] || [ "$1" = 2 ]
}

# Nothing can be loaded into the kernel from within an image that is only being built.
is_image() {
  [ -x /usr/bin/ischroot ] && /usr/bin/ischroot
}

# Ubuntu since 23.10 lets a program build Chromium's sandbox only with a profile of its own. Older versions do not
# understand the profile, and need none.
load_profile() {
  command -v apparmor_status >/dev/null 2>&1 && apparmor_status --enabled >/dev/null 2>&1 || return 1
  apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1 || return 1
  cp -f "$profile" "$installed_profile"
  is_image && return 1
  apparmor_parser --replace --write-cache --skip-read-cache "$installed_profile"
}

# root may always; the question is about everybody else. 65534 is "nobody" on every Linux.
is_sandbox_open_to_all() {
  is_image && return 1
  command -v setpriv >/dev/null 2>&1 || return 1
  setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --map-root-user --pid --fork true >/dev/null 2>&1
}

# Chromium's own helper is needed only where neither of the two works.
if load_profile || is_sandbox_open_to_all; then
  chmod 0755 "$app/chrome-sandbox"
else
  chmod 4755 "$app/chrome-sandbox"
fi

# People who are logged in get the new agent where systemd runs theirs. Everything else changes at the next login.
if is_upgrade "$1" "$2" && command -v systemctl >/dev/null 2>&1; then
  for manager in /run/user/[0-9]*/systemd/private; do
    [ -S "$manager" ] || continue
    user=${manager#/run/user/}
    user=${user%%/*}
    timeout 10 systemctl --quiet --user --machine="$user@.host" daemon-reload || true
    timeout 20 systemctl --quiet --user --machine="$user@.host" try-restart lanyard.service || true
  done
fi
