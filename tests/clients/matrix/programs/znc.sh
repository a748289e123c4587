#!/bin/sh
# SPDX-License-Identifier: ISC
# znc.sh HOST PORT SECONDS CA: its one network is connected to as soon as it is up.
mkdir -p z/configs
cat >z/configs/znc.conf <<X
Version = 1.8.2
ConnectDelay = 0
ServerThrottle = 1
SSLProtocols = all
<Listener l>
	Port = $((20000 + $$ % 10000))
	Host = 127.0.0.1
	SSL = false
</Listener>
<User u>
	Pass = plain#p
	Nick = me
	Ident = me
	RealName = me
	<Network n>
		Server = $1 +$2
		TrustPKI = true
	</Network>
</User>
X
chown -R nobody z
exec timeout -s TERM 3 runuser -u nobody -- znc -D -f --datadir "$PWD/z" >/dev/null
