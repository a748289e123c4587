#!/bin/sh
# SPDX-License-Identifier: ISC
# irssi.sh HOST PORT SECONDS CA
mkdir -p h
cat >h/config <<X
servers = ( { address = "$1"; chatnet = "n"; port = "$2"; use_tls = "yes"; tls_verify = "yes"; autoconnect = "yes"; } );
chatnets = { n = { type = "IRC"; }; };
settings = { core = { real_name = "x"; user_name = "y"; nick = "z"; server_connect_timeout = "3s"; server_reconnect_time = "5min"; }; };
X
(sleep 2; printf '/quit\n'; sleep 0.5) | TERM=xterm timeout 8 script -qec "irssi --home=$PWD/h" log >/dev/null
