#!/usr/bin/env bash
# Kills the assembled node again and again under AMQP and MQTT clients, and gives it failing disks; nothing confirmed may be lost.
#
#   ./serai test faults [--rounds N]
#
# --rounds N  kills in each test (50)
#
# Fills a real file system of 24 MiB, too, if it may mount one (as root); says so where it may not.
#
# Needs Maven's wrapper and a build. Exits 1 when a test failed.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$HERE/../../..

rounds=50
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    *) printf 'faults: unknown argument %s; see the head of %s\n' "$1" "$0" >&2; exit 2 ;;
  esac
done
"$ROOT/serai" build
cd "$ROOT"
small=$(mktemp -d)
trap 'umount "$small" 2>/dev/null || true; rmdir "$small"' EXIT
if mount -t tmpfs -o size=24m serai-faults "$small" 2>/dev/null; then
  export SERAI_FAULT_FOLDER=$small
else
  printf 'faults: no right to mount a small file system: the full disk is a simulated one only\n' >&2
fi
SERAI_FAULT_ROUNDS=$rounds ./mvnw -q -pl modules/interop -am verify -Dtest=NoUnitTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='KillNine*IT,StorageFaultsIT,BackupIT' -Dfailsafe.failIfNoSpecifiedTests=false
