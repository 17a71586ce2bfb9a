#!/bin/sh
# Starts Debian's Postfix as a mail server for tests, with a queue and a configuration of its own: postfix.sh FOLDER PORT. Says
# "ready" when it listens, and stops when it is told to (SIGTERM). It takes mail for alice and bob at harbour.example and throws
# it away.
set -eu
folder=$1 port=$2
mkdir -p "$folder/etc" "$folder/queue" "$folder/data"
chown postfix "$folder/data"
# Its processes give up root and must come through.
chmod 755 "$folder" "$folder/etc"
cat >"$folder/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file_prefixes = $folder
maillog_file = $folder/log
myhostname = mx.harbour.example
mydestination = harbour.example
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps = inline:{alice=x,bob=x}
local_transport = discard
default_transport = discard
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
inet_protocols = ipv4
inet_interfaces = all
END
{
  echo "$port inet n - n - - smtpd"
  sed -e '/^smtp  *inet/d' -e '/^[a-z]/s/^\([a-z0-9-]*  *[a-z]*  *[-a-z]*  *[-a-z]*  *\)y/\1n/' /usr/share/postfix/master.cf.dist
} >"$folder/etc/master.cf"
cp /usr/share/postfix/main.cf.dist "$folder/etc/" 2>/dev/null || true
# It makes the queue's directories when it starts.
postfix -c "$folder/etc" start >"$folder/start" 2>&1 || { cat "$folder/start" "$folder/log" >&2; exit 1; }
trap 'postfix -c "$folder/etc" stop >/dev/null 2>&1; exit 0' TERM INT
echo ready
while :; do sleep 1 & wait $!; done
