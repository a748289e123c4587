# SPDX-License-Identifier: ISC
# Its function says no to each leaf, after it has read the names or not. Usage: objects.pl ADDRESS PORT CA reads|looks-at-none
use strict;
use warnings;
use Net::SSLeay;
use Socket;

my ($address, $port, $ca, $how) = @ARGV;
Net::SSLeay::initialize();
my $ctx = Net::SSLeay::CTX_new();
Net::SSLeay::CTX_load_verify_locations($ctx, $ca, '') or die;
Net::SSLeay::CTX_set_verify($ctx, Net::SSLeay::VERIFY_PEER(), sub {
	my ($ok, $store) = @_;
	return $ok if Net::SSLeay::X509_STORE_CTX_get_error_depth($store) > 0;
	Net::SSLeay::X509_get_subjectAltNames(Net::SSLeay::X509_STORE_CTX_get_current_cert($store)) if $how eq 'reads';
	return 0;
});
socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
connect($s, sockaddr_in($port, inet_aton($address))) or die $!;
my $ssl = Net::SSLeay::new($ctx);
Net::SSLeay::set_fd($ssl, fileno $s);
my $done = Net::SSLeay::connect($ssl);
Net::SSLeay::free($ssl);
exit($done == 1 ? 0 : 1);
