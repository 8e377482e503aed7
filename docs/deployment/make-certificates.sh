#!/usr/bin/env bash
# Makes the missing certificates of the three nodes. docker-compose.yml runs it in its own container.
set -euo pipefail
cd /work

# The certificate is copied last: if it is there, the key is too.
if [ ! -f /authority/ca.crt ]; then
  es-gencert-cli create-ca -days 3650 -out ./ca
  cp ca/ca.key /authority/ca.key
  cp ca/ca.crt /authority/ca.crt
fi
cp -f /authority/ca.crt /trusted/ca.crt
chmod 444 /trusted/ca.crt

for name in eventstore-1 eventstore-2 eventstore-3; do
  if [ ! -f "/nodes/$name/node.crt" ] || [ "${RENEW:-no}" = yes ]; then
    es-gencert-cli create-node -ca-certificate /authority/ca.crt -ca-key /authority/ca.key \
      -days 730 -ip-addresses 127.0.0.1 -dns-names "$name,localhost" -out "./$name"
    cp -f "$name/node.key" "/nodes/$name/node.key"
    cp -f "$name/node.crt" "/nodes/$name/node.crt"
  fi
  # The nodes run as user 1000.
  chown 1000:1000 "/nodes/$name/node.key" "/nodes/$name/node.crt"
  chmod 400 "/nodes/$name/node.key" "/nodes/$name/node.crt"
done
