#!/usr/bin/env bash
# Live heap of idle connections: so many clients connect, subscribe to one topic each and say no more.
#
#   ./serai test idle-connections [--protocol mqtt|stomp] [--count N] [--limit BYTES]
#
# --protocol P   one of them; both without it
# --count N      connections (10000)
# --limit BYTES  most heap that each may take (8192)
#
# The node is asked for its live heap by jcmd before and after. Exits 1 when a connection takes more,
# 2 when this shell may not open as many files (ulimit -n).
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SERAI=$HERE/../../../serai

say() { printf 'idle-connections: %s\n' "$*"; }

protocols="mqtt stomp" count=10000 limit=8192
while [ $# -gt 0 ]; do
  case $1 in
    --protocol) protocols=${2:?--protocol needs mqtt or stomp}; shift 2 ;;
    --count) count=${2:?--count needs a number}; shift 2 ;;
    --limit) limit=${2:?--limit needs a number of bytes}; shift 2 ;;
    *) say "unknown argument $1; see the head of $0"; exit 2 ;;
  esac
done
ulimit -n "$(ulimit -Hn)"
if [ "$(ulimit -n)" -lt $((count + 500)) ]; then
  say "$count connections need ulimit -n $((count + 500)), the hard limit here is $(ulimit -Hn)"
  exit 2
fi

WORK=$(mktemp -d "${TMPDIR:-/tmp}/idle-connections.XXXXXX")
NODE=""
stop_node() { if [ -n "$NODE" ]; then kill "$NODE" 2>/dev/null || true; wait "$NODE" 2>/dev/null || true; NODE=""; fi; }
trap 'stop_node; rm -rf "$WORK"' EXIT

"$SERAI" build >/dev/null
failed=0
for protocol in $protocols; do
  log=$WORK/$protocol.log waited=0
  : >"$log"
  SERAI_AMQP=0 SERAI_MQTT=0 SERAI_STOMP=0 SERAI_COAP=0 SERAI_WAMP=0 SERAI_HTTP=0 \
    "$SERAI" start --data "$WORK/$protocol" >"$log" 2>&1 </dev/null &
  NODE=$!
  until grep -aq '^READY' "$log"; do
    if ! kill -0 "$NODE" 2>/dev/null || [ $waited -ge 600 ]; then cat "$log"; say "the node did not start"; exit 1; fi
    sleep 0.2
    waited=$((waited + 1))
  done
  port=$(sed -n "s/^READY.* $protocol=\([0-9]*\).*/\1/p" "$log")
  python3 "$HERE/idle_connections.py" "$protocol" "$port" "$NODE" "$count" "$limit" || failed=1
  stop_node
done
exit $failed
