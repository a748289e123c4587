# SPDX-License-Identifier: ISC
# Hands OpenSSL a transport that is not there, while another connection of the process is open. Usage: no_transport.pl KIND ADDRESS PORT NOBODY,
# where NOBODY is a port that nobody listens on
use strict;
use warnings;
use IO::Handle;
use Net::SSLeay;
use POSIX ();
use Socket;

$SIG{PIPE} = 'IGNORE';
my ($kind, $address, $port, $nobody) = @ARGV;
my $to = sockaddr_in($port, inet_aton($address));

sub tcp {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
	return $s;
}

sub connected {
	my $s = tcp();
	connect($s, $to) or die $!;
	return $s;
}

my $bystander = connected();
my $ctx = Net::SSLeay::CTX_new() or die;
my $ssl = Net::SSLeay::new($ctx) or die;
Net::SSLeay::set_tlsext_host_name($ssl, 'legacy.test');
my ($s, $fd);

if ($kind eq 'none') {
} elsif ($kind eq 'minus-one') {
	$fd = -1;
} elsif ($kind eq 'closed') {
	$s = connected();
	$fd = fileno($s);
	close($s);
} elsif ($kind eq 'reused') {
	$s = connected();
	$fd = fileno($s);
	open(my $file, '<', $0) or die $!;
	POSIX::dup2(fileno($file), $fd);
} elsif ($kind eq 'unconnected') {
	$s = tcp();
	$fd = fileno($s);
} elsif ($kind eq 'shut') {
	$s = connected();
	shutdown($s, 1);
	$fd = fileno($s);
} elsif ($kind eq 'refused') {    # the connection failed, and nobody looked at that
	$s = tcp();
	$s->blocking(0);
	connect($s, sockaddr_in($nobody, inet_aton($address)));
	select(undef, undef, undef, 0.2);
	my $error = unpack('i', getsockopt($s, SOL_SOCKET, SO_ERROR));
	$fd = fileno($s);
} elsif ($kind eq 'reset') {      # the peer's doing: there was a connection
	$s = connected();
	select(undef, undef, undef, 0.3);
	my $error = unpack('i', getsockopt($s, SOL_SOCKET, SO_ERROR));
	$fd = fileno($s);
}
Net::SSLeay::set_fd($ssl, $fd) if defined $fd;
my $result = Net::SSLeay::connect($ssl);
print "$result ", $! + 0, " ", Net::SSLeay::get_error($ssl, $result), "\n";
Net::SSLeay::free($ssl);
