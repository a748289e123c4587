#!/bin/sh
# SPDX-License-Identifier: ISC
# imapfilter.sh HOST PORT SECONDS CA
mkdir -p .imapfilter
cat >c.lua <<E
options.timeout = $3
options.certificates = true
options.hostnames = true
options.recover = 'errors'
a = IMAP { server = '$1', port = $2, username = 'u', password = 'p' }
a.INBOX:check_status()
E
exec imapfilter -t "$4" -c c.lua
