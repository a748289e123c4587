# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# The tables are used by the scripts that read this file.
# shellcheck disable=SC2034
#
# Shared by the scripts: which Debian packages are needed for what, how to see that the thing is there, and
# how to install what is not. POSIX sh, because a minimal Debian has nothing else.

# package        how to see that it is there
# command NAME   | header NAME | file GLOB | python MODULE (of /usr/bin/python3) | perl MODULE
PACKAGES_BUILD='
gcc              command gcc
make             command make
libc6-dev        header stdio.h
libbsd-dev       header bsd/stdlib.h
libelf-dev       header libelf.h
libjansson-dev   header jansson.h
libssl-dev       header openssl/ssl.h
'
PACKAGES_DEMO='
openssl          command openssl
curl             command curl
ca-certificates  file /etc/ssl/certs/ca-certificates.crt
util-linux       command unshare
'
PACKAGES_TEST='
binutils         command readelf
libcmocka-dev    header cmocka.h
clang            command clang
clang-format     command clang-format
clang-tidy       command clang-tidy
shellcheck       command shellcheck
mandoc           command mandoc
python3          file /usr/bin/python3
python3-pytest         python pytest
python3-pytest-xdist   python xdist
python3-pytest-timeout python pytest_timeout
python3-trustme        python trustme
python3-cryptography   python cryptography
python3-openssl  python OpenSSL
python3-pyqt5    python PyQt5.QtNetwork
nginx            command nginx
postgresql       file /usr/lib/postgresql/*/bin/postgres
postgresql-client      command psql
libio-socket-ssl-perl  perl IO::Socket::SSL
libcap2-bin      command setcap
acl              command setfacl
openssh-client   command ssh-keygen
musl-tools       command musl-gcc
qemu-user        command qemu-aarch64
hyperfine        command hyperfine
valgrind         command valgrind
zsh              command zsh
fish             command fish
python3-yaml     python yaml
python3-jsonschema     python jsonschema
'
# Compilers for other architectures. Debian's gcc-multilib and they take each other's place.
PACKAGES_CROSS='
gcc-aarch64-linux-gnu  command aarch64-linux-gnu-gcc
gcc-arm-linux-gnueabihf  command arm-linux-gnueabihf-gcc
'
# What `make bench` compares with; left out where it is not there.
PACKAGES_BENCH='
libeatmydata1     file /usr/lib/*/libeatmydata.so
libfaketime       file /usr/lib/*/faketime/libfaketime.so.1
torsocks          command torsocks
libproxychains4   file /usr/lib/*/libproxychains.so.4
stunnel4          command stunnel
haproxy           command haproxy
nginx             command nginx
libnginx-mod-stream  file /usr/lib/nginx/modules/ngx_stream_module.so
'
# Clients of tests/clients/matrix. Not needed: a test whose client is not there says so and is skipped.
PACKAGES_CLIENTS='
amqp-tools        command amqp-get
apache2-bin       command apache2
apache2-utils     command ab
axel              command axel
bind9-dnsutils    command dig
dnsdist           command dnsdist
dnsperf           command dnsperf
dovecot-imapd     command doveadm
fetchmail         command fetchmail
fossil            command fossil
freeradius        command freeradius
freerdp2-x11      command xfreerdp
ftp-ssl           command ftp-ssl
h2o               command h2o
haproxy           command haproxy
httping           command httping
imapfilter        command imapfilter
irssi             command irssi
isync             command mbsync
kcat              command kcat
libanyevent-perl  perl AnyEvent
libio-async-ssl-perl  perl IO::Async::SSL
libmojolicious-perl  perl Mojo::UserAgent
libnet-ldap-perl  perl Net::LDAP
libwww-perl       perl LWP::UserAgent
links             command links
lua-sec           file /usr/share/lua/5.4/ssl.lua
lua5.4            command lua5.4
mariadb-client-core  command mariadb
mariadb-server    command mariadbd
monit             command monit
monitoring-plugins-basic  file /usr/lib/nagios/plugins/check_tcp
mosquitto         command mosquitto
mosquitto-clients command mosquitto_pub
nagios-nrpe-plugin   file /usr/lib/nagios/plugins/check_nrpe
ncat              command ncat
nghttp2-client    command nghttp
openfortivpn      command openfortivpn
openvpn           command openvpn
openvswitch-common  command ovsdb-client
pgbouncer         command pgbouncer
php-cli           command php
php-curl          file /usr/lib/php/*/curl.so
php-mysql         file /usr/lib/php/*/mysqli.so
postfix           command posttls-finger
proxytunnel       command proxytunnel
python3-aiohttp   python aiohttp
python3-flaky     python flaky
python3-httpx     python httpx
python3-ldap3     python ldap3
python3-m2crypto  python M2Crypto
python3-paho-mqtt python paho.mqtt.client
python3-pika      python pika
python3-pretend   python pretend
python3-psycopg2  python psycopg2
python3-pymongo   python pymongo
python3-pymysql   python pymysql
python3-qpid-proton  python proton
python3-redis     python redis
python3-requests  python requests
python3-tornado   python tornado
python3-trio      python trio
python3-twisted   python twisted
python3-uvloop    python uvloop
python3-websockets   python websockets
radsecproxy       command radsecproxy
redis-server      command redis-server
redis-tools       command redis-cli
rsyslog-openssl   file /usr/lib/*/rsyslog/lmnsd_ossl.so
ruby              command ruby
ruby-em-http-request  file /usr/share/rubygems-integration/*/specifications/em-http-request-*.gemspec
ruby-net-ldap     file /usr/lib/ruby/*/net/ldap.rb
s-nail            command s-nail
siege             command siege
socat             command socat
spice-client-gtk  command spicy-screenshot
squid-openssl     command squid
stubby            command stubby
stunnel4          command stunnel4
subversion        command svn
swaks             command swaks
swi-prolog-nox    command swipl
systemd           command systemd-analyze
tcl-tls           file /usr/lib/tcltk/*/tcltls*/pkgIndex.tcl
telnet-ssl        command telnet-ssl
tnftp             command tnftp
unbound           command unbound
w3m               command w3m
wrk               command wrk
xvfb              command xvfb-run
znc               command znc
'

# Daemons of the packages above. The tests start their own.
SERVICES='nginx postgresql haproxy h2o stunnel4 squid rsyslog postfix radsecproxy fetchmail mosquitto openvpn pgbouncer unbound dovecot freeradius mariadb monit stubby znc'

# Daemons of Debian live in /usr/sbin, which a user's PATH lacks.
PATH=$PATH:/usr/sbin:/sbin

is_there() {
	case $1 in
	command) command -v "$2" >/dev/null 2>&1 ;;
	header) any_file "/usr/include/$2" "/usr/include/*/$2" "/usr/local/include/$2" ;;
	file) any_file "$2" ;;
	python) /usr/bin/python3 -c "import $2" >/dev/null 2>&1 ;;
	perl) perl "-M$2" -e 1 >/dev/null 2>&1 ;;
	esac
}

any_file() {
	for pattern; do
		# The patterns are to be expanded here.
		# shellcheck disable=SC2086
		for path in $pattern; do
			[ -e "$path" ] && return 0
		done
	done
	return 1
}

# missing_packages TABLE...: the names of the packages whose thing is not there
missing_packages() {
	for table; do
		echo "$table" | while read -r package kind what; do
			[ -z "$package" ] || is_there "$kind" "$what" || printf '%s ' "$package"
		done
	done
}

# clang's sanitizer and fuzzer runtimes are a package of their own, named after its version.
missing_clang_runtime() {
	command -v clang >/dev/null 2>&1 || return 0
	runtime=$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a")
	[ -e "$runtime" ] && return 0
	runtime=$(clang -print-runtime-dir 2>/dev/null)/libclang_rt.fuzzer.a
	[ -e "$runtime" ] && return 0
	version=$(clang -dumpversion)
	echo "libclang-rt-${version%%.*}-dev"
}

# install_packages NAME...
install_packages() {
	[ $# -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "This is no Debian. Please install what these packages of Debian hold, then run this again:" >&2
		echo "    $*" >&2
		return 1
	fi
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		as_root=sudo
		if ! command -v sudo >/dev/null 2>&1; then
			echo "Neither root nor sudo. Please run as root, then run this again:" >&2
			echo "    apt-get install --no-install-recommends $*" >&2
			return 1
		fi
	fi
	echo "Installing: $*"
	new_services=$(services_not_there)
	policy=
	if [ -n "$new_services" ] && [ ! -e /usr/sbin/policy-rc.d ]; then
		# The tests start servers of their own; those of the packages stay down. Other services of this
		# machine are not affected.
		policy=/usr/sbin/policy-rc.d
		# shellcheck disable=SC2016
		printf '#!/bin/sh\nfor s in %s; do case $1 in $s*) exit 101 ;; esac; done\nexit 0\n' "$SERVICES" |
			$as_root tee $policy >/dev/null && $as_root chmod 755 $policy
	fi
	apt_log=$(mktemp "${TMPDIR:-/tmp}/tlsmend-apt.XXXXXX") || return 1
	status=0
	{
		$as_root apt-get -q update ||
			echo "apt-get update failed; going on with the package lists that are there" >&2
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 \
			--no-install-recommends --no-remove install "$@"
	} </dev/null >"$apt_log" 2>&1 || status=$?
	[ -z "$policy" ] || $as_root rm -f $policy
	if [ $status -ne 0 ]; then
		tail -n 20 "$apt_log" >&2
		rm -f "$apt_log"
		echo "apt-get failed (status $status)" >&2
		return 1
	fi
	rm -f "$apt_log"
	# Nor shall they come up with the next boot only because of us.
	for service in $new_services; do
		if command -v systemctl >/dev/null 2>&1 && service_is_there "$service"; then
			$as_root systemctl disable "$service" >/dev/null 2>&1 || :
		fi
	done
}

service_is_there() {
	any_file "/lib/systemd/system/$1.service" "/usr/lib/systemd/system/$1.service" "/etc/init.d/$1"
}

services_not_there() {
	for service in $SERVICES; do
		service_is_there "$service" || printf '%s ' "$service"
	done
}

# need TABLE...: installs what is missing
need() {
	# Package names are words.
	# shellcheck disable=SC2046
	install_packages $(missing_packages "$@") || return 1
	left=$(missing_packages "$@")
	[ -z "$left" ] && return 0
	echo "Still missing after the installation: $left" >&2
	return 1
}

# installable NAME...: those that apt-get would install if it were asked for each alone
installable() {
	for package; do
		if apt-get -q -s --no-install-recommends --no-remove install "$package" >/dev/null 2>&1; then
			printf '%s ' "$package"
		fi
	done
}

# offer TABLE...: installs what is missing; what cannot be installed is said, and nothing more. One that this release does not have, or that would
# take the place of another, keeps apt-get from installing any: then the others are asked for without it.
offer() {
	left=$(missing_packages "$@")
	# Package names are words.
	# shellcheck disable=SC2086
	install_packages $left || {
		some=$(installable $left)
		[ "$some" = "$left" ] || install_packages $some
	} || :
	left=$(missing_packages "$@")
	[ -z "$left" ] || echo "going on without: $left" >&2
}

# The newest interpreter of a pyenv on this machine whose version matches, or nothing.
pyenv_python() {
	for root in "${PYENV_ROOT:-}" "${HOME:-/nonexistent}/.pyenv"; do
		[ -n "$root" ] || continue
		for python in "$root/versions/$1"*/bin/python; do
			[ -x "$python" ] && found=$python
		done
	done
	[ -z "${found:-}" ] || echo "$found"
}

# build_directory: sets $BUILD to an absolute path. ld.so takes LD_PRELOAD apart at spaces and colons, so that in a folder with such a name the
# build goes elsewhere.
build_directory() {
	BUILD=${BUILD:-build}
	case $BUILD in
	/*) ;;
	*) BUILD=$PWD/$BUILD ;;
	esac
	case $BUILD in
	*[\ :]*)
		BUILD=${XDG_CACHE_HOME:-${HOME:-/ }/.cache}/tlsmend-build
		case $BUILD in
		*[\ :]*) BUILD=$(mktemp -d) || return 1 ;;
		esac
		echo "Nothing can be preloaded from a folder with a space or a colon in its name: building in $BUILD"
		;;
	esac
}
