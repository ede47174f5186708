#!/usr/bin/env bash
# Kills the assembled node again and again under its clients, damages its files and gives it failing disks; nothing confirmed may be lost.
#
#   ./serai test faults [--rounds N] [--only TESTS]
#
# --rounds N    kills in each test (40: about half an hour on two cores)
# --only TESTS  of those below, with a comma between them
#
# Says what is under way, and prints a table in the end: what was confirmed and what became of it, and for each negative
# control whether the same check found out a node or a disk that does lose messages. Fills a real file system of 24 MiB,
# too, if it may mount one (as root); says so where it may not.
#
# Needs Maven's wrapper and a build. Exits 1 when a message was lost, invented, damaged, duplicated or out of order, a
# control was not found out, or a test failed for any other reason.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)

say() { printf 'faults: %s\n' "$*"; }

rounds=40
tests='KillNine*IT,DamagedDataIT,StorageFaultsIT,BackupIT'
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --only) tests=$2; shift 2 ;;
    *) say "unknown argument $1; see the head of $0" >&2; exit 2 ;;
  esac
done
"$ROOT/serai" build
cd "$ROOT"
work=$(mktemp -d "${TMPDIR:-/tmp}/faults.XXXXXX")
report=$work/report
: >"$report"
mkdir "$work/small"
end() {
  umount "$work/small" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
if mount -t tmpfs -o size=24m serai-faults "$work/small" 2>/dev/null; then
  export SERAI_FAULT_FOLDER=$work/small
else
  say "no right to mount a small file system: the full disk is a simulated one only"
fi

# What tests say of themselves, as it comes; every tenth round.
tail --pid=$$ -n +1 -f "$report" | while IFS=$'\t' read -r kind what one two three _; do
  case $kind in
    round) if [ $((one % 10)) -eq 1 ] || [ "$one" = "$two" ]; then say "$what: round $one of $two"; fi ;;
    row) say "$what: $two confirmed, $three lost" ;;
    control) if [ "$one" = yes ]; then say "$what: found out"; else say "$what: NOT FOUND OUT"; fi ;;
  esac
done &

say "runs $tests, $rounds rounds each; Maven's output is shown if a test fails"
began=$SECONDS
failed=0
# Not "verify": that runs what looks at the reports of a whole build, too.
SERAI_FAULT_ROUNDS=$rounds SERAI_FAULT_REPORT=$report ./mvnw -B -q -pl modules/interop -am \
  test-compile failsafe:integration-test@default failsafe:verify \
  -Dit.test="$tests" -Dfailsafe.failIfNoSpecifiedTests=false >"$work/maven.log" 2>&1 </dev/null || failed=1
if [ $failed -eq 1 ]; then tail -n 200 "$work/maven.log"; fi
sleep 1 # for what is said last

awk -F'\t' -v failed=$failed -v minutes=$(((SECONDS - began + 59) / 60)) '
  BEGIN {
    format = "%-52s %7s %10s %6s %9s %8s %11s %13s\n"
    printf "\n" format, "what", "rounds", "confirmed", "lost", "invented", "damaged", "duplicated", "out of order"
  }
  $1 == "row" {
    printf format, $2, $3, $4, $5, $6, $7, $8, $9
    rows++
    bad += $5 + $6 + $7 + $8 + $9 > 0
  }
  $1 == "control" { controls[++count] = $0 }
  END {
    printf "\n" format, "negative control", "found?", "confirmed", "lost", "invented", "damaged", "duplicated", "out of order"
    for (i = 1; i <= count; i++) {
      split(controls[i], it, "\t")
      printf format, it[2], it[3], it[4], it[5], it[6], it[7], it[8], it[9]
      missed += it[3] != "yes"
    }
    verdict = rows == 0 ? "nothing was tested" : bad ? bad " lines are not whole" : missed ? missed " controls were not found out" : failed ? "a test failed" : "ok"
    printf "\nfaults: %s: %d lines, %d controls, %d min\n", verdict, rows, count, minutes
    exit verdict != "ok"
  }' "$report"
