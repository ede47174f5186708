#!/usr/bin/env bash
# Installs the third-party clients the interop tests drive: Debian packages and npm ones.
#
#   modules/interop/install-clients.sh           installs what is missing
#   modules/interop/install-clients.sh --check   only says what is missing; exit 1 if anything is
#
# Debian packages need root or password-less sudo. Elsewhere install the same programs by hand: tests
# whose client is missing are then skipped and say so.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NODE_DIR=$HERE/src/test/node
PACKAGES=(mosquitto-clients amqp-tools python3 python3-pika python3-amqp python3-kombu python3-celery
  python3-paho-mqtt python3-stomp libcoap3-bin)

say() { printf 'install-clients: %s\n' "$*" >&2; }

missing() { # prints what is missing, one a line
  command -v mosquitto_pub >/dev/null && command -v mosquitto_sub >/dev/null || echo mosquitto-clients
  command -v amqp-publish >/dev/null && command -v amqp-get >/dev/null || echo amqp-tools
  /usr/bin/python3 -c 'import pika' 2>/dev/null || echo python3-pika
  /usr/bin/python3 -c 'import amqp' 2>/dev/null || echo python3-amqp
  /usr/bin/python3 -c 'import kombu' 2>/dev/null || echo python3-kombu
  /usr/bin/python3 -c 'import celery' 2>/dev/null || echo python3-celery
  /usr/bin/python3 -c 'import paho.mqtt.client' 2>/dev/null || echo python3-paho-mqtt
  /usr/bin/python3 -c 'import stomp' 2>/dev/null || echo python3-stomp
  command -v coap-client-notls >/dev/null || echo libcoap3-bin
  [ -d "$NODE_DIR/node_modules/amqplib" ] || echo npm:amqplib
  [ -d "$NODE_DIR/node_modules/mqtt" ] || echo npm:mqtt
  [ -d "$NODE_DIR/node_modules/@stomp/stompjs" ] || echo npm:stompjs
  [ -d "$NODE_DIR/node_modules/coap" ] || echo npm:coap
}

if [ "${1:-}" = --check ]; then
  left=$(missing)
  [ -z "$left" ] && exit 0
  say "missing:" $left
  exit 1
fi

root=()
[ "$(id -u)" = 0 ] || root=(sudo -n)

try() { # a registry may be slow: three attempts
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    say "attempt $attempt of: $*"
    sleep $((attempt * 5))
  done
  return 1
}

# Asked once and kept: under pipefail `missing | grep -q` fails when grep leaves at its first match.
left=$(missing)
if grep -qv '^npm:' <<<"${left:-npm:}"; then
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    try "${root[@]}" apt-get -qq update
    try "${root[@]}" apt-get -qq install -y --no-install-recommends "${PACKAGES[@]}" >/dev/null
  else
    say "no apt-get here: install by hand: ${PACKAGES[*]}"
  fi
fi

if grep -q '^npm:' <<<"$left"; then
  if command -v npm >/dev/null; then
    try npm --prefix "$NODE_DIR" ci --no-audit --no-fund --loglevel=error
  else
    say "no npm here: install Node.js 18 or newer for amqplib, mqtt.js, stompjs and coap"
  fi
fi

left=$(missing)
if [ -n "$left" ]; then
  say "still missing:" $left
  exit 1
fi
say "all clients are there"
