# SPDX-License-Identifier: ISC
# client.pl HOW HOST PORT SECONDS: Perl's usual ways to TLS. The CA comes by SSL_CERT_FILE.
use strict;
use warnings;

my ($how, $host, $port, $seconds) = @ARGV;
my $url = "https://$host:$port/";
my @ca  = $ENV{SSL_CERT_FILE} ? (SSL_ca_file => $ENV{SSL_CERT_FILE}) : ();

sub fail { print STDERR "@_\n"; exit 1 }

my %ways = (
	socket => sub {
		require IO::Socket::SSL;
		my $s = IO::Socket::SSL->new(PeerHost => $host, PeerPort => $port, Timeout => $seconds, @ca)
		    or fail($IO::Socket::SSL::SSL_ERROR || $!);
		print $s "GET / HTTP/1.0\r\n\r\n";
		my $answer = <$s>;
	},
	crl => sub {
		require IO::Socket::SSL;
		my $s = IO::Socket::SSL->new(PeerHost => $host, PeerPort => $port, Timeout => $seconds, @ca,
			SSL_check_crl => 1, SSL_crl_file => $ARGV[4]) or fail($IO::Socket::SSL::SSL_ERROR || $!);
		print $s "GET / HTTP/1.0\r\n\r\n";
		my $answer = <$s>;
	},
	unverified => sub {
		require IO::Socket::SSL;
		my $s = IO::Socket::SSL->new(PeerHost => $host, PeerPort => $port, Timeout => $seconds, SSL_verify_mode => 0)
		    or fail($IO::Socket::SSL::SSL_ERROR || $!);
		print $s "GET / HTTP/1.0\r\n\r\n";
		my $answer = <$s>;
	},
	lwp => sub {
		require LWP::UserAgent;
		my $answer = LWP::UserAgent->new(timeout => $seconds, ssl_opts => {@ca})->get($url);
		$answer->is_success or fail($answer->status_line);
	},
	tiny => sub {
		require HTTP::Tiny;
		my $answer = HTTP::Tiny->new(timeout => $seconds, verify_SSL => 1)->get($url);
		$answer->{success} or fail($answer->{content});
	},
	tiny_unverified => sub {
		require HTTP::Tiny;
		my $answer = HTTP::Tiny->new(timeout => $seconds, verify_SSL => 0)->get($url);
		$answer->{success} or fail($answer->{content});
	},
	smtp => sub {
		require Net::SMTP;
		my $s = Net::SMTP->new($host, Port => $port, Timeout => $seconds) or fail($@);
		$s->starttls(@ca) or fail($IO::Socket::SSL::SSL_ERROR || "no TLS");
		$s->quit;
	},
	pop3 => sub {
		require Net::POP3;
		my $s = Net::POP3->new($host, Port => $port, Timeout => $seconds, SSL => 1, @ca) or fail($@);
		$s->quit;
	},
	ftp => sub {
		require Net::FTP;
		my $s = Net::FTP->new($host, Port => $port, Timeout => $seconds) or fail($@);
		$s->starttls(@ca) or fail($IO::Socket::SSL::SSL_ERROR || "no TLS");
		$s->quit;
	},
	ldap => sub {
		require Net::LDAP;
		my $s = Net::LDAP->new($host, port => $port, timeout => $seconds) or fail($@);
		my $m = $s->start_tls(verify => 'require', cafile => $ENV{SSL_CERT_FILE} // '/etc/ssl/certs/ca-certificates.crt');
		$m->code and fail($m->error);
		$s->bind;
		$s->unbind;
	},
	anyevent => sub {
		require AnyEvent;
		require AnyEvent::Socket;
		require AnyEvent::Handle;
		my $done = AnyEvent->condvar;
		my $patience = AnyEvent->timer(after => $seconds, cb => sub { $done->send("no answer") });
		my %tls = (verify => 1, verify_peername => "https", $ENV{SSL_CERT_FILE} ? (ca_file => $ENV{SSL_CERT_FILE}) : ());
		my $h;
		$h = AnyEvent::Handle->new(
			connect => [$host, $port], tls => "connect", tls_ctx => \%tls,
			on_error => sub { $done->send($_[2]) },
			on_eof => sub { $done->send("") },
			on_read => sub { },
		);
		$h->push_write("GET / HTTP/1.0\r\n\r\n");
		my $end = $done->recv;
		$end and fail($end);
	},
	ioasync => sub {
		require IO::Async::Loop;
		require IO::Async::SSL;
		my $loop = IO::Async::Loop->new;
		my $end  = '';
		my $leave = sub { $end = "@_"; $loop->stop };
		$loop->watch_time(after => $seconds, code => sub { $leave->("no answer") });
		$loop->SSL_connect(
			host => $host, service => $port, socktype => 'stream', @ca,
			SSL_hostname => $host, SSL_verifycn_name => $host, SSL_verifycn_scheme => 'http',
			on_stream => sub {
				my $s = shift;
				$s->configure(on_read => sub { ${$_[1]} = ''; 0 }, on_closed => sub { $leave->() }, on_read_error => $leave);
				$loop->add($s);
				$s->write("GET / HTTP/1.0\r\n\r\n");
			},
			on_resolve_error => $leave, on_connect_error => $leave, on_ssl_error => $leave,
		);
		$loop->run;
		$end and fail($end);
	},
	mojo => sub {
		require Mojo::UserAgent;
		my $agent = Mojo::UserAgent->new(connect_timeout => $seconds, inactivity_timeout => $seconds);
		$agent->ca($ENV{SSL_CERT_FILE}) if $ENV{SSL_CERT_FILE};
		my $answer = $agent->get($url);
		$answer->error and fail($answer->error->{message});
	},
);

$ways{$how}->();
