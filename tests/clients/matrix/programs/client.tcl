# SPDX-License-Identifier: ISC
# client.tcl HOST PORT CA: one request. Tcl reads and writes the socket itself, sends no name, and compares none.
package require tls
lassign $argv host port ca
if {[catch {
	set s [tls::socket -require 1 -cafile $ca -autoservername 0 $host $port]
	tls::handshake $s
	puts $s "GET / HTTP/1.0\n"
	flush $s
	puts [gets $s]
	close $s
} error]} {
	puts stderr $error
	exit 1
}
