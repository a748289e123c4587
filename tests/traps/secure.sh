#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Trap: a privileged program (AT_SECURE) must not take orders from its caller's environment. ld.so preloads into such a program
# only what root has listed, so this runs in a private mount namespace (unshare --mount) with an /etc of its own, in
# which /etc/ld.so.preload names the library.
#
# secure.sh LIBRARY|none PROGRAM CERTIFICATES suid|capability|ordinary CONFIGURATION
# CONFIGURATION: none | trusted (root's, 0644) | writable (0666) | foreign (of the caller) | folder (a trusted file without the rule, which
# is in a *.conf of root's) | folder-alone (... without the file) | folder-writable | folder-foreign (the *.conf is the caller's). The environment always asks for a mend and
# for a log file.
set -eu

library=$1 program=$2 certificates=$3 kind=$4 configuration=$5
caller=65534

mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/etc /mnt/certificates
mkdir -m 1777 /mnt/logs
cp -a /etc/. /mnt/etc
mount --bind /mnt/etc /etc
cp "$certificates"/* /mnt/certificates
chmod -R a+rX /mnt/certificates
cp "$program" /mnt/program
case $kind in
suid) chmod 4755 /mnt/program ;;
capability) chmod 755 /mnt/program && setcap cap_net_bind_service+ep /mnt/program ;;
ordinary) chmod 755 /mnt/program ;;
esac
rm -f /etc/tlsmend.conf
if [ "$configuration" != none ]; then
	printf '[legacy.test]\nExtraCAFile = /mnt/certificates/root.pem\n' >/etc/tlsmend.conf
	chmod 644 /etc/tlsmend.conf
fi
rm -rf /etc/tlsmend.d
case $configuration in
folder*)
	mkdir -m 755 /etc/tlsmend.d
	mv /etc/tlsmend.conf /etc/tlsmend.d/10.conf
	[ "$configuration" = folder-alone ] || echo '# see tlsmend.d' >/etc/tlsmend.conf
	;;
esac
case $configuration in
folder-writable) chmod 777 /etc/tlsmend.d ;;
folder-foreign) chown $caller /etc/tlsmend.d/10.conf ;;
writable) chmod 666 /etc/tlsmend.conf ;;
foreign) chown $caller /etc/tlsmend.conf ;;
esac
if [ "$library" != none ]; then
	cp "$library" /mnt/libtlsmend.so
	echo /mnt/libtlsmend.so >/etc/ld.so.preload
fi

code=0
setpriv --reuid=$caller --regid=$caller --clear-groups env TRAP_CERTS=/mnt/certificates \
	TLSMEND_LOG=/mnt/logs/log TLSMEND_LOG_LEVEL=debug TLSMEND_EXTRA_CA=legacy.test=/mnt/certificates/root.pem \
	/mnt/program unrelated legacy legacy.test || code=$?
rm -f /etc/ld.so.preload
echo "exit code $code"
echo "log files: $(ls /mnt/logs)"
