#!/bin/sh
# SPDX-License-Identifier: ISC
# dovecot.sh HOST PORT SECONDS CA: the proxy's way to another IMAP server, asked for by its own administrator's tool.
cat >c.conf <<X
base_dir = $PWD/run
import_environment = \$import_environment LD_PRELOAD TLSMEND_LOG TLSMEND_LOG_FORMAT
protocols =
service stats {
	unix_listener stats-writer {
		mode = 0666
	}
}
log_path = $PWD/log
ssl = required
mail_home = $PWD/h
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
mail_location = imapc:$PWD/imapc
imapc_host = $1
imapc_port = $2
imapc_user = u
imapc_password = p
imapc_ssl = starttls
imapc_ssl_verify = yes
imapc_cmd_timeout = $3 s
imapc_connection_retry_count = 0
ssl_client_ca_file = $4
X
rm -rf run
mkdir -p -m 777 h imapc
dovecot -F -c c.conf &
trap 'kill $!; wait' EXIT
until [ -S run/dns-client ]; do sleep 0.05; done
USER=nobody doveadm -c c.conf mailbox status messages INBOX 2>/dev/null
