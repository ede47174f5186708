# Sourced by the long tests here: starts and stops the node they talk to, in $WORK, which is gone in the end.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SERAI=$HERE/../../../serai
TEST=$(basename "$0" .sh)
NODE="" # its process

say() { printf '%s: %s\n' "$TEST" "$*"; }

WORK=$(mktemp -d "${TMPDIR:-/tmp}/$TEST.XXXXXX")

stop_node() { if [ -n "$NODE" ]; then kill "$NODE" 2>/dev/null || true; wait "$NODE" 2>/dev/null || true; NODE=""; fi; }
trap 'stop_node; rm -rf "$WORK"' EXIT

# start_node ARGUMENT...  of serai start; every port is a free one, and what it prints is in $WORK/node.log
start_node() {
  local log=$WORK/node.log waited=0
  : >"$log"
  SERAI_AMQP=0 SERAI_MQTT=0 SERAI_STOMP=0 SERAI_COAP=0 SERAI_WAMP=0 SERAI_HTTP=0 \
    "$SERAI" start "$@" >"$log" 2>&1 </dev/null &
  NODE=$!
  until grep -aq '^READY' "$log"; do
    if ! kill -0 "$NODE" 2>/dev/null || [ $waited -ge 6000 ]; then cat "$log"; say "the node did not start"; exit 1; fi
    sleep 0.02
    waited=$((waited + 1))
  done
}

# port_of LISTENER  of the node that runs
port_of() { sed -n "s/^READY.* $1=\([0-9]*\).*/\1/p" "$WORK/node.log"; }
