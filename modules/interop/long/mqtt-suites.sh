#!/usr/bin/env bash
# Third-party MQTT suites against a node: Mosquitto's packet sequences, Eclipse paho.mqtt.testing 3.1.1 and 5.0.
#
#   ./serai test mqtt-suites [--sequences FOLDER] [--paho FOLDER]
#
# --sequences FOLDER  Mosquitto's source, or its test/broker/data
# --paho FOLDER       a checkout of paho.mqtt.testing
#
# PAHO_TESTING=DIR and MOSQUITTO_SOURCE=DIR in the environment name them, too. What is not named is
# fetched with git at a pinned version, into a temporary folder. Nothing of it becomes part of this
# repository. Exits 1 when a test failed, 3 when nothing could be fetched.
set -euo pipefail
# shellcheck source=node.bash
source "$(dirname "${BASH_SOURCE[0]}")/node.bash"
MOSQUITTO=https://github.com/eclipse/mosquitto MOSQUITTO_TAG=v2.0.21
PAHO=https://github.com/eclipse/paho.mqtt.testing PAHO_COMMIT=1bfd446d216fac9bf38e5d2d876ee9c3465a26c9

sequences=${MOSQUITTO_SOURCE:-} paho=${PAHO_TESTING:-}
while [ $# -gt 0 ]; do
  case $1 in
    --sequences) sequences=${2:?--sequences needs a folder}; shift 2 ;;
    --paho) paho=${2:?--paho needs a folder}; shift 2 ;;
    *) say "unknown argument $1 (--sequences FOLDER, --paho FOLDER)"; exit 2 ;;
  esac
done

start() { start_node --data "$(mktemp -d "$WORK/data.XXXXXX")" "$@"; }

"$SERAI" build >/dev/null
ran=0 failed=0

if [ -z "$sequences" ]; then
  if git -c advice.detachedHead=false clone -q --depth 1 -b $MOSQUITTO_TAG $MOSQUITTO "$WORK/mosquitto" 2>"$WORK/git.log"; then
    sequences=$WORK/mosquitto
  else
    say "sequences not run: $MOSQUITTO cannot be fetched here ($(tail -1 "$WORK/git.log")). Name a folder with --sequences or MOSQUITTO_SOURCE."
  fi
fi
if [ -n "$sequences" ]; then
  [ ! -d "$sequences/test/broker/data" ] || sequences=$sequences/test/broker/data
  start --set listeners.mqtt.topic-alias-maximum=10 --set listeners.mqtt.receive-maximum=20 \
    --set listeners.mqtt.max-packet-size=268435460B
  say "Mosquitto's sequences from $sequences"
  python3 "$HERE/mqtt_sequences.py" "$sequences" 127.0.0.1 "$(port_of mqtt)" || failed=1
  ran=1
  stop_node
fi

if [ -z "$paho" ]; then
  if git init -q "$WORK/paho" && git -C "$WORK/paho" fetch -q --depth 1 $PAHO $PAHO_COMMIT 2>"$WORK/git.log" \
    && git -C "$WORK/paho" -c advice.detachedHead=false checkout -q FETCH_HEAD; then
    paho=$WORK/paho
  else
    say "paho not run: $PAHO cannot be fetched here ($(tail -1 "$WORK/git.log")). Name a folder with --paho or PAHO_TESTING."
  fi
fi
if [ -n "$paho" ]; then
  # The suite asks for a keep alive of at most 60 s, and for 0x80 on a filter it may not subscribe to.
  # Two of its tests expect that a PUBLISH is routed after the SUBSCRIBE that another connection sent
  # 0.2 ms before: so it is on one event loop, which takes connections one after the other.
  cat >"$WORK/paho.conf" <<'CONF'
listeners.mqtt { max-keep-alive = 60 s, reveal-reasons = false }
users.guest.permissions."/".topics."amq.topic" { read = "^(?!test\\.nosubscribe$).*", write = ".*" }
CONF
  for module in client_test client_test5; do
    start --conf "$WORK/paho.conf" --set node.event-loops=1
    say "$module from $paho"
    python3 "$HERE/paho_suite.py" "$paho/interoperability" $module localhost "$(port_of mqtt)" || failed=1
    stop_node
  done
  ran=1
fi

[ $ran = 1 ] || exit 3
exit $failed
