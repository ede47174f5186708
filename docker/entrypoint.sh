#!/usr/bin/env bash
# Starts Serai in a container: listens on every address, with the one user that the environment
# names. The password stays in the environment: the command line holds only a reference to it.
set -euo pipefail
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
conf=${SERAI_CONF:-/etc/serai/serai.conf}

if [ "${1:-start}" != start ]; then # check, route, version ...
  exec "$here/serai" "$@"
fi

refuse() { echo "serai: $*" >&2; exit 1; }
[ -n "${SERAI_USER:-}" ] || refuse "set SERAI_USER: the listeners are open to the network, so the node wants a user of yours (-e SERAI_USER=name)"
[ -n "${SERAI_PASSWORD:-}" ] || refuse "set SERAI_PASSWORD: the password of $SERAI_USER (-e SERAI_PASSWORD=... or an env file)"
[[ $SERAI_USER =~ ^[A-Za-z0-9_.@-]+$ ]] || refuse "SERAI_USER may hold letters, digits and _ . @ - only"
[ "$SERAI_USER" != guest ] || refuse "SERAI_USER may not be guest: everybody knows that one"

exec "$here/serai" start --conf "$conf" \
  --set host=0.0.0.0 \
  --set users.guest=null \
  --set anonymous.user= \
  --set "users.\"$SERAI_USER\"={ password = \${SERAI_PASSWORD}, tags = [administrator], permissions { \"/\" { configure = \".*\", write = \".*\", read = \".*\" } } }" \
  "${@:2}"
