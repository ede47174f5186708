#!/usr/bin/env bash
# A backlog many times the heap: filled with confirms, restarted, drained; every message once and in order.
#
#   ./serai test backlog [--count N] [--size BYTES] [--heap SIZE] [--data DIR]
#
# --count N     persistent messages in one durable queue (10000000)
# --size BYTES  of each body (1024; 100 where the disk has not the space for that)
# --heap SIZE   of the node's JVM (512m)
# --data DIR    a new folder for the node's data, deleted at the end (a temporary one)
#
# Prints rates and the node's CPU a message, of a queue that never gets deep and of the deep one, and
# what the node takes of memory and disk. Exits 1 when a message is missing, twice or out of order.
set -euo pipefail
# shellcheck source=node.bash
source "$(dirname "${BASH_SOURCE[0]}")/node.bash"

count=10000000 size="" heap=512m data=""
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=${2:?--count needs a number}; shift 2 ;;
    --size) size=${2:?--size needs a number of bytes}; shift 2 ;;
    --heap) heap=${2:?--heap needs a size such as 512m}; shift 2 ;;
    --data) data=${2:?--data needs a folder}; shift 2 ;;
    *) say "unknown argument $1; see the head of $0"; exit 2 ;;
  esac
done

[ -n "$data" ] || data=$WORK/data
mkdir -p "$data"
trap 'stop_node; rm -rf "$WORK" "$data"' EXIT

free=$(df --output=avail -B1 "$data" | tail -1)
if [ -z "$size" ]; then
  size=1024
  if [ "$free" -lt $((count * (size + 200) * 5 / 4)) ]; then
    size=100
    say "$((free >> 30)) GiB are free, not enough for $count messages of 1024 bytes: they get 100 bytes"
  fi
fi
if [ "$free" -lt $((count * (size + 200) * 5 / 4)) ]; then
  say "$count messages of $size bytes need $((count * (size + 200) * 5 / 4 >> 20)) MiB, $((free >> 20)) are free in $data"
  exit 2
fi

start() { SERAI_JAVA_OPTS="-Xmx$heap ${SERAI_JAVA_OPTS:-}" start_node --data "$data"; }

"$SERAI" build >/dev/null
say "$count messages of $size bytes, heap $heap"
start
python3 "$HERE/backlog.py" fill "$(port_of amqp)" "$NODE" "$count" "$size"
say "$(du -sm "$data" | cut -f1) MiB on disk"
stop_node
began=$(date +%s%N)
start
say "READY after $((($(date +%s%N) - began) / 1000000)) ms"
say "journal: $(sed -n 's/.*"event":"journal opened",\(.*\),"logger".*/\1/p' "$WORK/node.log" | head -1)"
python3 "$HERE/backlog.py" drain "$(port_of amqp)" "$NODE" "$count" "$size"
stop_node
