#!/bin/sh
# SPDX-License-Identifier: ISC
# monit.sh HOST PORT SECONDS CA
umask 077
cat >rc <<X
set daemon 30
set pidfile $PWD/pid
set idfile $PWD/id
set statefile $PWD/state
check host h with address $1
	if failed port $2 protocol http request / with timeout $3 seconds with ssl options {verify: enable, cacertificatefile: "$4"} then alert
X
exec monit -c rc validate
