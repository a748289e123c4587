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
