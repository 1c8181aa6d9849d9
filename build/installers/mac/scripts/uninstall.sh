#!/bin/sh
# Takes Lanyard off this Mac: run as root, as a script that the MDM brings along, or with
#   sudo '/Library/Application Support/Lanyard/uninstall.sh'
# where the .pkg put it: only root writes there, while administrators write to /Applications without being asked.
# What people have in their own folders stays; docs/install.md says how that is removed.
set -u

if [ "$(id -u)" -ne 0 ]; then
  echo 'Run this as root.' >&2
  exit 1
fi

for job in dev.lanyard.desktop dev.lanyard.agent; do
  for user in $(ps -axo uid= | sort -un); do
    launchctl bootout "gui/$user/$job" 2>/dev/null
  done
  rm -f "/Library/LaunchAgents/$job.plist"
done
pkill -TERM -f '^/Applications/Lanyard\.app/Contents/MacOS/Lanyard( |$)'
pkill -TERM -f '^/Applications/Lanyard\.app/Contents/Resources/lanyard/lanyard( |$)'

# Only our own link: another program may have taken the name since.
if [ "$(readlink /usr/local/bin/lanyard)" = /Applications/Lanyard.app/Contents/Resources/lanyard/lanyard ]; then
  rm -f /usr/local/bin/lanyard
fi
rm -rf /Applications/Lanyard.app '/Library/Application Support/Lanyard'
pkgutil --forget dev.lanyard.desktop >/dev/null 2>&1
exit 0
