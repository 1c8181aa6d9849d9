#!/bin/sh
# Runs after .deb and .rpm have taken their files away. dpkg says "remove", "purge" or "upgrade …", rpm how many
# versions stay.
set -e

installed_profile=/etc/apparmor.d/lanyard-desktop

case "$1" in
  remove | purge | 0)
    if [ -f "$installed_profile" ]; then
      if command -v apparmor_status >/dev/null 2>&1 && apparmor_status --enabled >/dev/null 2>&1; then
        if ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
          apparmor_parser --remove "$installed_profile" || true
        fi
      fi
      rm -f "$installed_profile"
    fi
    ;;
esac
