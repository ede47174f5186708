#!/usr/bin/env bash
# Kills the assembled node again and again under AMQP and MQTT clients, and gives it failing disks; nothing confirmed may be lost.
#
#   ./serai test faults [--rounds N]
#
# --rounds N  kills in each test (50)
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
SERAI_FAULT_ROUNDS=$rounds exec ./mvnw -q -pl modules/interop -am verify -Dtest=NoUnitTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='KillNine*IT,StorageFaultsIT,BackupIT' -Dfailsafe.failIfNoSpecifiedTests=false
