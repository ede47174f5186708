#!/usr/bin/env bash
# What idle connections take: so many clients connect, subscribe to one topic each and say no more.
#
#   ./serai test idle-connections [--protocol P] [--count N] [--limit BYTES] [--resident MB]
#
# --protocol P   mqtt, stomp, coap (observers), or stomp+coap: both on one node; all four without it
# --count N      connections of each protocol (10000)
# --limit BYTES  most live heap that each may take (8192)
# --resident MB  most memory that the whole process may take in the end, JVM included (400)
#
# The node is asked for its live heap by jcmd before and after. Exits 1 when a connection or the process
# takes more, 2 when this shell may not open as many files (ulimit -n).
set -euo pipefail
# shellcheck source=node.bash
source "$(dirname "${BASH_SOURCE[0]}")/node.bash"

protocols="mqtt stomp coap stomp+coap" count=10000 limit=8192 resident=400
while [ $# -gt 0 ]; do
  case $1 in
    --protocol) protocols=${2:?--protocol needs mqtt, stomp, coap or stomp+coap}; shift 2 ;;
    --count) count=${2:?--count needs a number}; shift 2 ;;
    --limit) limit=${2:?--limit needs a number of bytes}; shift 2 ;;
    --resident) resident=${2:?--resident needs a number of MB}; shift 2 ;;
    *) say "unknown argument $1; see the head of $0"; exit 2 ;;
  esac
done
ulimit -n "$(ulimit -Hn)"
if [ "$(ulimit -n)" -lt $((count + 500)) ]; then
  say "$count connections need ulimit -n $((count + 500)), the hard limit here is $(ulimit -Hn)"
  exit 2
fi

"$SERAI" build >/dev/null
failed=0
for protocol in $protocols; do
  start_node --data "$WORK/$protocol"
  at=""
  for one in ${protocol//+/ }; do at+="$one:$(port_of "$one")+"; done
  python3 "$HERE/idle_connections.py" "${at%+}" "$NODE" "$count" "$limit" "$resident" || failed=1
  stop_node
done
exit $failed
