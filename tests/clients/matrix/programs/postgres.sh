#!/bin/sh
# SPDX-License-Identifier: ISC
# postgres.sh HOW HOST PORT SECONDS CA: a database that asks another one, without a server of its own: one command a line in a single process.
set -eu
for bin in /usr/lib/postgresql/*/bin; do :; done
to="host=$2 port=$3 user=u password=p dbname=d connect_timeout=$4 sslmode=verify-full sslrootcert=$5"
case $1 in
dblink) ask="CREATE EXTENSION dblink; SELECT * FROM dblink('$to', 'select 1') AS t(a int)" ;;
subscription) ask="CREATE SUBSCRIPTION s CONNECTION '$to' PUBLICATION p" ;;
fdw) ask="CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$2', port '$3', dbname 'd', connect_timeout '$4', sslmode 'verify-full', sslrootcert '$5'); CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (user 'u', password 'p'); CREATE FOREIGN TABLE t (a int) SERVER s; SELECT * FROM t" ;;
esac
rm -rf db
mkdir db
chown nobody db
runuser -u nobody -- env -u LD_PRELOAD "$bin/initdb" -N -A trust -D db/d --no-instructions >/dev/null 2>&1
echo "$ask;" | runuser -u nobody -- "$bin/postgres" --single -c listen_addresses= -c shared_buffers=4MB -D "$PWD/db/d" template1 2>&1 | grep -v '^[[:space:]]*----'
