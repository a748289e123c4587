<?php
// SPDX-License-Identifier: ISC
// client.php HOW HOST PORT SECONDS [CA]: PHP's usual ways to TLS.
[, $how, $host, $port, $seconds] = $argv;
$ca = $argv[5] ?? null;
$url = "https://$host:$port/";
$options = ['ssl' => $ca ? ['cafile' => $ca] : [], 'http' => ['timeout' => (float) $seconds]];
ini_set('default_socket_timeout', $seconds);
switch ($how) {
case 'unverified':
	$options['ssl'] = ['verify_peer' => false, 'verify_peer_name' => false];
	// fall through
case 'stream':
	exit(@file_get_contents($url, false, stream_context_create($options)) === false ? 1 : 0);
case 'socket':
	$s = @stream_socket_client("tls://$host:$port", $code, $text, (float) $seconds, STREAM_CLIENT_CONNECT, stream_context_create($options));
	if (!$s)
		exit(1);
	fwrite($s, "GET / HTTP/1.0\r\n\r\n");
	stream_get_contents($s);
	exit(0);
case 'mysqli':
	mysqli_report(MYSQLI_REPORT_OFF);
	$c = mysqli_init();
	$c->options(MYSQLI_OPT_CONNECT_TIMEOUT, (int) $seconds);
	$c->options(MYSQLI_OPT_READ_TIMEOUT, (int) $seconds);
	$c->options(MYSQLI_OPT_SSL_VERIFY_SERVER_CERT, true);
	$c->ssl_set(null, null, $ca, null, null);
	exit(@$c->real_connect($host, 'u', '', null, (int) $port, null, MYSQLI_CLIENT_SSL) ? 0 : 1);
case 'soap':
	ini_set('soap.wsdl_cache_enabled', 0);
	try {
		$c = new SoapClient(null, ['location' => $url, 'uri' => 'urn:x', 'connection_timeout' => (int) $seconds,
		    'stream_context' => stream_context_create($options)]);
		$c->hello();
	} catch (SoapFault $e) {
		exit($e->faultcode === 'HTTP' ? 1 : 0);
	}
	exit(0);
case 'starttls':
	// in the way of PHPMailer
	$s = @stream_socket_client("tcp://$host:$port", $code, $text, (float) $seconds, STREAM_CLIENT_CONNECT, stream_context_create($options));
	if (!$s)
		exit(1);
	$say = function ($line) use ($s) {
		if ($line)
			fwrite($s, "$line\r\n");
		while (($answer = fgets($s)) !== false && substr($answer, 3, 1) === '-')
			;
	};
	$say('');
	$say('EHLO client.test');
	$say('STARTTLS');
	stream_set_timeout($s, (int) $seconds);
	if (!@stream_socket_enable_crypto($s, true, STREAM_CRYPTO_METHOD_TLS_CLIENT))
		exit(1);
	$say('NOOP');
	$say('QUIT');
	exit(0);
case 'curl':
case 'multi':
	$c = curl_init($url);
	curl_setopt_array($c, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => (int) $seconds]);
	if ($ca)
		curl_setopt($c, CURLOPT_CAINFO, $ca);
	if ($how === 'curl')
		exit(curl_exec($c) === false ? 1 : 0);
	// a program that has other things to do meanwhile, and gives up by itself
	$m = curl_multi_init();
	curl_multi_add_handle($m, $c);
	$until = microtime(true) + $seconds;
	while (curl_multi_exec($m, $running) === CURLM_OK && $running && microtime(true) < $until)
		curl_multi_select($m, 0.1);
	$done = curl_multi_info_read($m);
	curl_multi_remove_handle($m, $c);
	exit($done && $done['result'] === CURLE_OK ? 0 : 1);
}
