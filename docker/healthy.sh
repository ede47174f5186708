#!/usr/bin/env bash
# Exit code 0 when the node in this container is ready. Needs nothing but bash.
port=${SERAI_HTTP:-15672}
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
