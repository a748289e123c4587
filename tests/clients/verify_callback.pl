# SPDX-License-Identifier: ISC
# verify_callback.pl ANSWER HOST PORT [CA]: IO::Socket::SSL with a verify callback of the program's own, or without. (leave: by an exception, out of OpenSSL)
use strict;
use warnings;
use IO::Socket::SSL;

my ($answer, $host, $port, $ca) = @ARGV;
my %how = (
    yes => sub { 1 },
    no => sub { 0 },
    leave => sub { my ($ok) = @_; $ok or die "no\n"; 1 },
    unlike => sub { my ($ok) = @_; $ok },
);
my %options = (PeerHost => $host, PeerPort => $port, SSL_hostname => $host, Timeout => 15);
$options{SSL_ca_file} = $ca if $ca;
$options{SSL_verify_mode} = $answer eq 'off' ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
$options{SSL_verify_callback} = $how{$answer} if $how{$answer};
$options{SSL_verifycn_scheme} = 'none' if $answer eq 'nameless';
my $socket = IO::Socket::SSL->new(%options) or do { print "refused: $SSL_ERROR\n"; exit 1 };
print $socket "GET / HTTP/1.0\r\nHost: $host\r\n\r\n";
print while <$socket>;
close $socket;
