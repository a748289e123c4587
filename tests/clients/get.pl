# SPDX-License-Identifier: ISC
# GET over IO::Socket::SSL with its defaults, which verify. Usage: get.pl HOST PORT [CAFILE]
use strict;
use warnings;
use IO::Socket::SSL;

my ($host, $port, $ca) = @ARGV;
my %ca = $ca ? (SSL_ca_file => $ca) : ();
my $s = IO::Socket::SSL->new(PeerHost => $host, PeerPort => $port, Timeout => 20, %ca)
	or do { print STDERR "$!: $IO::Socket::SSL::SSL_ERROR\n"; exit 1 };
print $s "GET / HTTP/1.0\r\nHost: $host\r\n\r\n";
print while <$s>;
