#!/usr/bin/env bash
# The tests that try random things, over and over with other seeds; a failure names its seed.
#
#   ./serai test random [MINUTES]
#
# Rounds are begun for so many MINUTES (30), at least one.
set -euo pipefail

minutes=${1:-30}
case $minutes in '' | *[!0-9]*) echo "random: MINUTES is a number, not $minutes" >&2; exit 2 ;; esac
cd "$SERAI_HOME"
tests=$(grep -rl --include='*Test.java' serai.seed modules gateways routing | sed 's:.*/::; s:\.java$::' | sort -u | paste -sd,)
end=$((SECONDS + minutes * 60))
round=0
while [ "$round" = 0 ] || [ $SECONDS -lt $end ]; do
  round=$((round + 1))
  seed=$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')
  echo "round $round: -Dserai.seed=$seed"
  ./mvnw -B -q -ntp verify -DskipITs -Dspotless.check.skip -Dsurefire.failIfNoSpecifiedTests=false \
    -Dtest="$tests" -Dserai.seed="$seed" -pl '!modules/interop,!modules/bench' || {
    echo "random: seed $seed failed; it fails again with ./mvnw verify -Dserai.seed=$seed" >&2
    exit 1
  }
done
echo "random: $round rounds passed"
