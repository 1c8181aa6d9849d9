#!/bin/sh
# Runs before .deb and .rpm take their files away. dpkg says "remove" or "upgrade …", rpm how many versions stay.
set -e

app=/opt/Lanyard

# Asks every process of exactly this program to end, whoever runs it; says whether there was one.
ask_to_end() {
  asked=1
  for process in /proc/[0-9]*; do
    [ "$process/exe" -ef "$1" ] || continue
    kill -TERM "${process#/proc/}" 2>/dev/null && asked=0
  done
  return $asked
}

# An agent has up to six seconds for what is on its way. Who has not ended after that goes on until the next login.
end_all() {
  for _ in 1 2 3 4 5 6 7 8; do
    ask_to_end "$1" || return 0
    sleep 1
  done
}

case "$1" in
  remove | 0)
    # Faces first: they would start an agent that ends again.
    end_all "$app/lanyard-desktop"
    end_all "$app/resources/lanyard/lanyard"
    ;;
esac
