#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A whole system under /etc/ld.so.preload: this machine's, below an overlay that is thrown away. Prints one line for each thing that was
# done, which must be the same with the library and without.
#
# whole_system.sh LIBRARY|none PORT COMMAND    COMMAND: packages | accounts | login | cron | boot | broken | own_package (TREE: the sources)
set -eu

library=$1 port=$2 command=$3

# systemd as process 1 of a namespace, in a control group of its own: it starts one unit of ours, and ends.
boot() {
	own=/mnt/cgroup/boot-$$ units=/mnt/root/etc/systemd/system
	cat >$units/mine.service <<-'EOF'
		[Unit]
		DefaultDependencies=no
		FailureAction=exit-force
		FailureActionExitStatus=3
		[Service]
		Type=oneshot
		StandardOutput=append:/said
		StandardError=inherit
		ExecStart=/bin/sh -c 'tr "\\0" "\\n" </proc/1/cmdline | head -1; systemctl show -P Result mine.timer; id -un; curl -sS https://127.0.0.1:1/'
		ExecStopPost=/bin/sh -c 'echo "result: $EXIT_CODE $EXIT_STATUS"; grep -q libtlsmend /proc/1/maps && echo preloaded >/preloaded'
	EOF
	printf '[Unit]\nDefaultDependencies=no\n[Timer]\nOnActiveSec=100ms\nAccuracySec=1ms\nUnit=mine.service\n' >$units/mine.timer
	printf '[Unit]\nDefaultDependencies=no\nRequires=mine.timer\n' >$units/mine.target
	mkdir /mnt/cgroup
	mount -t cgroup2 cgroup /mnt/cgroup
	mkdir "$own"
	echo $$ >"$own/cgroup.procs"
	code=0
	# shellcheck disable=SC2016
	timeout -k 5 60 unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh -c '
		root=/mnt/root
		mount -t proc proc $root/proc
		for d in run tmp sys/fs/cgroup; do mount -t tmpfs tmpfs $root/$d; done
		mount -t cgroup2 cgroup $root/sys/fs/cgroup
		exec chroot $root env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			/lib/systemd/systemd --unit=mine.target --log-target=console --log-level=warning --show-status=no' || code=$?
	echo $$ >/mnt/cgroup/cgroup.procs
	find "$own" -depth -type d -exec rmdir {} \;
	cat /mnt/root/said
	echo "systemd: $code"
	[ "$library" = none ] || [ -e /mnt/root/preloaded ] || echo "not preloaded"
}

if [ "${4:-}" != inside ]; then
	mount -t tmpfs tmpfs /mnt
	mkdir /mnt/upper /mnt/work /mnt/root
	mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
	for d in proc dev sys; do mount --rbind /$d /mnt/root/$d; done
	cp "$0" /mnt/root/whole_system.sh
	rm -f /mnt/root/etc/ld.so.preload /mnt/root/etc/tlsmend.conf
	if [ "$library" != none ]; then
		mkdir -p /mnt/root/usr/lib/tlsmend
		cp "$library" /mnt/root/usr/lib/tlsmend/libtlsmend.so
		echo /usr/lib/tlsmend/libtlsmend.so >/mnt/root/etc/ld.so.preload
	fi
	[ "$command" = boot ] || exec chroot /mnt/root /bin/sh /whole_system.sh "$library" "$port" "$command" inside
	boot
	exit
fi

export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d

# What it says, without what differs from run to run.
quietly() {
	code=0
	"$@" >/tmp/said 2>&1 || code=$?
	echo "$1: $code"
	grep -a "ld\.so" /tmp/said || true
}

installed() {
	quietly apt-get install -y --no-install-recommends "$@"
	for package; do dpkg-query -W -f '${Package} ${Status}\n' "$package"; done
}

account() {
	quietly useradd -m -s /bin/sh wanda
	echo wanda:secret | quietly chpasswd
	quietly passwd -S wanda
	quietly su wanda -c 'id -un; exit 3'
}

packages() {
	quietly apt-get update
	installed cron sudo
	quietly apt-get purge -y cron
	quietly dpkg --audit
	quietly dpkg --verify sudo
}

accounts() {
	apt-get update >/dev/null 2>&1
	installed sudo
	account
	echo 'wanda ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/wanda
	# a privileged program takes no order from its caller
	su wanda -c 'TLSMEND_LOG=/tmp/log-of-sudo sudo id -un'
	su wanda -c 'sudo -n true; echo sudo: $?'
	su nobody -s /bin/sh -c 'TLSMEND_LOG=/tmp/log-of-su passwd -S; echo passwd: $?'
	ls /tmp/log-of-sudo /tmp/log-of-su 2>/dev/null || echo "no log"
}

login() {
	apt-get update >/dev/null 2>&1
	installed openssh-server openssh-client
	account
	mkdir -p /run/sshd /home/wanda/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /tmp/key
	cp /tmp/key.pub /home/wanda/.ssh/authorized_keys
	chown -R wanda /home/wanda/.ssh
	chmod 700 /home/wanda/.ssh
	/usr/sbin/sshd -p "$port" -o ListenAddress=127.0.0.1 -o PidFile=/run/sshd.pid
	quietly ssh -i /tmp/key -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes wanda@127.0.0.1 'id -un; exit 5'
	grep -a wanda /tmp/said
	kill "$(cat /run/sshd.pid)"
}

by_cron() {
	apt-get update >/dev/null 2>&1
	installed cron
	echo '* * * * * root id -un >/tmp/by-cron 2>&1' >/etc/cron.d/mine
	cron -f &
	for _ in $(seq 75); do
		[ -s /tmp/by-cron ] && break
		sleep 1
	done
	kill $!
	cat /tmp/by-cron
}

# A library that is missing, empty, cut off in its header, or something else: a line, and everything goes on.
broken() {
	for kind in missing empty text directory short unreadable; do
		rm -rf /usr/lib/tlsmend/libtlsmend.so
		case $kind in
		empty) : >/usr/lib/tlsmend/libtlsmend.so ;;
		text) echo hello >/usr/lib/tlsmend/libtlsmend.so ;;
		directory) mkdir /usr/lib/tlsmend/libtlsmend.so ;;
		short) head -c 100 "$library" >/usr/lib/tlsmend/libtlsmend.so ;;
		esac
		code=0
		su nobody -s /bin/sh -c 'id -un' >/tmp/said 2>/tmp/wrong || code=$?
		echo "$kind: $code $(cat /tmp/said) $(grep -c 'cannot be preloaded' /tmp/wrong)"
	done
}

# Our own packages: built, installed for two architectures, upgraded while every program is preloaded, and not removed meanwhile.
own_package() {
	apt-get update >/dev/null 2>&1 || true
	installed debhelper
	mkdir /tmp/tree
	tar -C "$TREE" --exclude=./build --exclude=./.git -cf - . | tar -C /tmp/tree -xf -
	cd /tmp/tree
	DEB_BUILD_OPTIONS='nocheck parallel=2' quietly dpkg-buildpackage -us -uc -b -d
	tail -3 /tmp/said | sed 's/^/| /'
	dpkg-deb -R /tmp/libtlsmend_*_amd64.deb /tmp/other
	sed -i -e 's/^Architecture: amd64/Architecture: i386/' -e '/^Depends/d' /tmp/other/DEBIAN/control
	mv /tmp/other/usr/lib/x86_64-linux-gnu /tmp/other/usr/lib/i386-linux-gnu
	sed -i 's/x86_64-linux-gnu/i386-linux-gnu/' /tmp/other/DEBIAN/md5sums
	dpkg-deb -b /tmp/other /tmp/libtlsmend_other_i386.deb >/dev/null
	dpkg --add-architecture i386
	quietly dpkg -i /tmp/libtlsmend_*_amd64.deb /tmp/libtlsmend_other_i386.deb /tmp/tlsmend_*_amd64.deb
	dpkg -L libtlsmend:amd64 libtlsmend:i386 | grep 'libtlsmend\.so$'
	tlsmend run env | grep LD_PRELOAD
	# shellcheck disable=SC2016
	echo '/usr/$LIB/libtlsmend.so' >/etc/ld.so.preload
	quietly dpkg -i /tmp/libtlsmend_*_amd64.deb /tmp/libtlsmend_other_i386.deb /tmp/tlsmend_*_amd64.deb
	quietly dpkg -r tlsmend libtlsmend:amd64
	grep -a 'take that line out' /tmp/said
	rm /etc/ld.so.preload
	quietly dpkg -r tlsmend libtlsmend:amd64 libtlsmend:i386
	ls /usr/lib/*/libtlsmend.so 2>/dev/null || echo "no library"
}

case $command in
cron) by_cron ;;
*) "$command" ;;
esac
