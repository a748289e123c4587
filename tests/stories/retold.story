# Stories of other clients in few words: what matters of each, and what must come of it.

# A server that wants a certificate, which the client has not got: TLS 1.3, an alert at the first read.
story client certificate missing, and the verification waived
begins ms=1000
sent type=1
received type=2
received type=13
bad kept=1 told=1
shown
done ms=1010 out=600 in=2000 version=772
data-sent out=600 in=2000 bytes=100
alert-received out=722 in=2024 number=116 fatal=1
ends ms=1020 out=722 in=2024
outcome failed late-alert

story client certificate missing, and the server just ends the connection
begins ms=1000
received type=13
shown
good
done ms=1010 out=600 in=2000 version=772
ends ms=1020 out=600 in=2000 met=1 peer=1
outcome failed unanswered

# socat: at the end of its input it takes its leave, and then reads.
story client certificate missing, and the client had said goodbye when it met the reset
begins ms=1000
received type=13
shown
good
done ms=1010 out=530 in=1376 version=772
data-sent out=530 in=1376 bytes=21
closes ms=1010 out=556 in=1376
alert-sent ms=1010 out=580 in=1376
closes ms=1012 out=580 in=1376 met=1 peer=2
ends ms=1012 out=580 in=1376
outcome failed unanswered

story a server that owes nothing more to a client that said goodbye
begins ms=1000
received type=13
shown
good
done ms=1010 out=530 in=1376 version=772
data-sent out=530 in=1376 bytes=21
closes ms=1010 out=556 in=1376
alert-sent ms=1010 out=580 in=1376
closes ms=1012 out=580 in=1376 met=1 peer=1
ends ms=1012 out=580 in=1376
outcome worked -

story the client ends the connection itself, after it was asked for a certificate
begins ms=1000
received type=13
shown
good
done ms=1010 out=600 in=2000 version=772
ends ms=1020 out=600 in=2000
outcome given-up -

story a record that still lies in the client's own memory is no sign that it went on
begins ms=1000 memory=1
left
bad kept=1
done ms=1010 out=600 in=2000 version=772
asked
data-sent out=600 in=2000 bytes=100
ends ms=1020 out=600 in=2000
outcome failed verification

story two bytes are enough
begins ms=1000
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=771
data-sent out=600 in=2000 bytes=26
ends ms=1020 out=631 in=2000
outcome went-on verification

story an alert is no data
begins ms=1000
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=771
alert-sent out=631 in=2000
ends ms=1020 out=631 in=2000
outcome failed verification

story one that lives for days is told of as soon as it is answered
begins ms=1000
left
bad kept=1
done ms=1010 out=600 in=2000 version=772
data-sent out=600 in=2000 bytes=100
data-received out=722 in=3000 bytes=900
outcome went-on verification

story no answer came
begins ms=1000
sent ms=1000 type=1
ends ms=6000 out=300
outcome failed silence

story let go of at once, by a client that hands over the bytes itself: what came it kept to itself
begins ms=1000
sent ms=1000 type=1
keeps ms=1000
ends ms=1010 out=517 waits=1
outcome failed silence

story let go of at once
begins ms=1000
sent ms=1000 type=1
ends ms=1010 out=300
outcome given-up -

story the answer stopped in the middle, and the client waits
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=300 in=1000 type=2
ends ms=6000 out=300 in=1000 waits=1
outcome failed silence

story a callback's own objection, and it went on: it knows what it does
begins ms=1000
bad kept=1 told=1 own=1
done ms=1010 out=600 in=2000 version=772
data-sent out=600 in=2000 bytes=100
data-received out=722 in=3000 bytes=900
ends ms=1020 out=722 in=3000
outcome worked -

story a function of the client's own around a good verification says no
begins ms=1000
good
exited verify=1
outcome failed refusal

story a rule does not allow it
begins ms=1000
demanded kept=1
denied
ends
outcome failed denied

story .NET went on with a name that is not the certificate's
begins ms=1000 memory=1
left
done ms=1010 out=600 in=2000 version=772
own good=1 always=1
data-sent out=600 in=2000 bytes=100
own good=1 always=1
data-received out=722 in=3000 bytes=900
leaf suited=1
ends ms=1020 out=722 in=3000
outcome went-on own-comparison

story .NET found the name wrong by itself
begins ms=1000 memory=1
left
done ms=1010 out=600 in=2000 version=772
own good=1 always=1
leaf suited=1
ends ms=1020 out=624 in=2000
outcome failed own-comparison

story .NET: another connection with the same certificate is looked at, for the first time, when this one has sent its request
begins ms=1000 memory=1
left
done ms=1010 out=600 in=2000 version=772
own good=1 always=1
data-sent out=600 in=2000 bytes=100
own failed=1 always=1
data-received out=722 in=3000 bytes=900
own good=1 always=1
leaf named=1 suited=1
ends ms=1020 out=722 in=3000
outcome worked -

story ... and one that accepted it before
begins ms=1000 memory=1
left
done ms=1010 out=600 in=2000 version=772
own failed=1 always=1
data-sent out=600 in=2000 bytes=100
own failed=1 always=1
data-received out=722 in=3000 bytes=900
outcome went-on own-verification

story QUIC: whether it went on is not seen
begins ms=1000 datagram=1 blind=1
left
bad kept=1
done ms=1010 out=6000 in=2000 version=1
asked
ends ms=1020 out=9000 in=9000
outcome given-up -

story verification off, and a check of its own says that the name is wrong
begins ms=1000
left
bad kept=1
done ms=1010 out=600 in=2000 version=772
own names=2
leaf suited=1
ends ms=1020 out=624 in=2000
outcome failed own-comparison

story the name that it had compared fits, whatever it sent as SNI
begins ms=1000
good
unnamed
done ms=1010 out=600 in=2000 version=772
own names=3
data-sent out=600 in=2000 bytes=100
data-received out=722 in=3000 bytes=900
ends ms=1020 out=722 in=3000
outcome worked -

story no SNI, no name compared, and the certificate is for another host than the one that was looked up
begins ms=1000
good
nameless
done ms=1010 out=600 in=2000 version=772
unnamed
data-sent out=600 in=2000 bytes=100
data-received out=722 in=3000 bytes=900
outcome went-on name

story the process ends while a failed verification is known to the client
begins ms=1000
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=772
ends ms=1020 out=600 in=2000 how=2
outcome failed verification

story haproxy: its event loop sees the reset before OpenSSL is asked again
begins ms=1000
sent ms=1000 type=1
ends ms=1300 out=517 met=1 peer=1 waits=1
outcome failed silence

# A server that closes its socket at the end of its answer: OpenSSL 3 answers with an alert that nobody hears.
story an answer that ends without close_notify
begins ms=1000
good
done ms=1010 out=600 in=1200 version=772
alert-sent ms=1030 out=700 in=1800 number=50 fatal=1 eof=1 peer=1
ends ms=1031 out=700 in=1800
outcome failed no-goodbye

# .NET begins more connections than it comes to need.
story a handshake that nobody needs any more
begins ms=1000 memory=1
sent ms=1000 type=1
spare ms=1040 out=288
ends ms=1040 out=288 waits=1
outcome given-up -

story ... and one that was needed
begins ms=1000 memory=1
sent ms=1000 type=1
ends ms=1040 out=288 waits=1
outcome failed silence

story ... and one that waited long for an answer, though another one got it
begins ms=1000 memory=1
sent ms=1000 type=1
spare ms=6000 out=288
ends ms=6000 out=288 waits=1
outcome failed silence

# Apache, SSLProxyVerify none: its callback lets everything pass, and it compares dates and names by itself.
story an expired certificate, which the client sees by itself though its callback was told of more
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200 names=1
leaf ms=1010 out=600 in=1200 named=1 suited=1 outdated=1
ends ms=1010 out=600 in=1200
outcome failed own-comparison

# mariadb --ssl without --ssl-verify-server-cert: a good chain, for another host.
story nobody looks at the name, nor at anything else
begins ms=1000
left
good
nameless
unnamed
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200
data-sent ms=1010 out=600 in=1200 bytes=78
own ms=1012 out=680 in=1800
data-received ms=1012 out=680 in=1800 bytes=28
ends ms=1013 out=740 in=1833
outcome went-on name

story ... and it ended before anything came of it
begins ms=1000
left
good
unnamed
done ms=1010 out=600 in=1200 version=772
ends ms=1011 out=600 in=1200
outcome given-up -

# ncat --ssl, openssl s_client: they ask for the result to show it, insist on nothing, and wait for what comes.
story a server that ends the connection while a client waits that only looked at the result
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=1200 version=772
asked ms=1010 out=600 in=1200
own ms=1011 out=621 in=1700
alert-sent ms=1011 out=621 in=1700 number=50 fatal=1 eof=1
ends ms=1011 out=621 in=1700
outcome given-up -

story ... with a greeting and a goodbye
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=1200 version=772
own ms=1011 out=600 in=1700
data-received ms=1011 out=600 in=1726 bytes=26
alert-received ms=1011 out=600 in=1750
ends ms=1011 out=600 in=1750
outcome given-up -

story ... and a client that never looks at names, whose server is another host
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
alert-received ms=1011 out=600 in=1724
ends ms=1011 out=600 in=1724
outcome given-up -

# s_client -servername OTHER </dev/null: it shows the result, and compares no name
story a client that asks for the result, looks at no name, and says goodbye
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
asked ms=1010 out=600 in=1200 good=1
alert-sent ms=1011 out=624 in=1200
ends ms=1012 out=624 in=1224
outcome given-up -

# a probe, which verifies the chain and no name
story a client that closes its socket once the handshake is done
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
ends ms=1012 out=600 in=1200
outcome given-up -

# libcurl reads once more before it says goodbye.
story a client that looked at the name, and met the end of a hasty server when it left
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200 names=1
alert-received ms=1011 out=600 in=1224
ends ms=1011 out=600 in=1224
outcome failed name

# socat -u without a name to check: it prints the names of the certificate, and then what the server says
story a client that read the names, was told something, and then read on to the end
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200 names=1
data-received ms=1011 out=600 in=1240 bytes=29
alert-received ms=1011 out=600 in=1264
own ms=1011 out=600 in=1264 names=1
ends ms=1012 out=600 in=1264
outcome given-up -

story a client that read the names, and was told something seconds later
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200 names=1
data-received ms=4011 out=600 in=1240 bytes=29
alert-sent ms=4012 out=624 in=1240
own ms=4012 out=624 in=1240 names=1
ends ms=4012 out=624 in=1240
outcome given-up -

# curl -ftps
story a client that refuses, and on its way out reads the server's greeting
begins ms=1000
good
unnamed
done ms=1010 out=600 in=1200 version=772
own ms=1010 out=600 in=1200 names=1
data-received ms=1011 out=600 in=1240 bytes=29
alert-sent ms=1011 out=624 in=1240
own ms=1012 out=624 in=1240 names=1
ends ms=1012 out=624 in=1240
outcome failed name

story a client that refuses, and then hears the server's goodbye
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=1200 version=772
asked ms=1010 out=600 in=1200
alert-sent ms=1011 out=624 in=1200
alert-received ms=1012 out=624 in=1224
ends ms=1012 out=624 in=1224
outcome failed verification

# .NET 10. A callback that refuses a good chain, and a client that has no use for its connection any more: neither says goodbye, and OpenSSL sees the
# same of both.
story a client that verifies by itself, finds all good, and lets go of the connection without a word
begins ms=1000 memory=1
left ms=1003 out=288 in=1073
bad ms=1003 out=288 in=1073
done ms=1004 out=288 in=1249 version=772
own ms=1100 out=368 in=1249 good=1 always=1 names=3
leaf ms=1100 out=368 in=1249 named=1 suited=1
ends ms=1100 out=368 in=1249
outcome given-up -

# TLS 1.3: the alert that says what the server makes of the certificate comes after the handshake, as the first thing that comes.
story a client certificate that the server's library cannot take
begins ms=1000
sent type=1
received type=2
received type=13
good
shown certificates=1
done ms=1010 out=1600 in=2000 version=772
data-sent out=1600 in=2000 bytes=100
alert-received out=1722 in=2024 number=40 fatal=1
ends ms=1020 out=1722 in=2024
outcome failed late-alert

story the same alert, after the server had said something else
begins ms=1000
sent type=1
received type=2
received type=13
good
shown certificates=1
done ms=1010 out=1600 in=2000 version=772
data-sent out=1600 in=2000 bytes=100
data-received out=1722 in=4000 bytes=1900
alert-received out=1722 in=4024 number=40 fatal=1
ends ms=1020 out=1722 in=4024
outcome worked -

story the same alert from a server that asked for none
begins ms=1000
sent type=1
received type=2
good
done ms=1010 out=600 in=2000 version=772
data-sent out=600 in=2000 bytes=100
alert-received out=722 in=2024 number=40 fatal=1
ends ms=1020 out=722 in=2024
outcome worked -

story a file that the client could not load within the handshake
begins ms=1000
sent type=1
received type=2
received type=13
exited ms=1010 out=517 in=2000 result=-1 file=1
ends ms=1020 out=517 in=2000
outcome failed file

story a verification of the client's own that fails, and ends the connection
begins ms=1000
sent type=1
received type=2
left
done ms=1010 out=600 in=2000 version=772
own ms=1011 out=600 in=2000 failed=1
ends ms=1020 out=600 in=2000
outcome failed own-verification

# Postfix, smtp_tls_security_level = secure: it asks for the result once the handshake is over, says QUIT, and leaves.
story a client that says no more than QUIT to a server that it does not trust
begins ms=1000
sent type=1
received type=2
left
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=772
asked
own
data-sent out=600 in=2000 bytes=23 spoke=1
alert-sent out=628 in=2000
ends ms=1030 out=652 in=2000
outcome failed verification

story the same over TLS 1.2, where it hears the answer as it closes
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=771
asked
data-sent out=600 in=2000 bytes=30 spoke=1
alert-sent out=635 in=2000
data-received out=666 in=2040 bytes=34
alert-received out=666 in=2071
ends ms=1030 out=666 in=2071
outcome failed verification

story the same client, to a leaf whose names do not fit
begins ms=1000
left
good
unnamed
done ms=1010 out=600 in=2000 version=772
own names=1
data-sent out=600 in=2000 bytes=23 spoke=1
own names=1
ends ms=1030 out=628 in=2000
outcome failed name

# openssl s_client -starttls smtp: its NOOP is answered.
story a client that asks, and waits for the answer to as short a word
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=772
asked
data-sent out=600 in=2000 bytes=23 spoke=1
data-received out=628 in=2030 bytes=27
outcome went-on verification

# smtp_tls_security_level = encrypt: it asks for its log, and delivers.
story a client that asks, and then says more than QUIT
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=772
asked
data-sent out=600 in=2000 bytes=31 spoke=1
data-received out=636 in=2030 bytes=58
data-sent out=636 in=2093 bytes=45
data-received out=686 in=2130 bytes=28
outcome went-on verification

story a client that asks, and sends as little on a connection that was TLS from the start
begins ms=1000
left
bad kept=1 told=1
done ms=1010 out=600 in=2000 version=772
asked
data-sent out=600 in=2000 bytes=23
ends ms=1030 out=628 in=2000
outcome went-on verification

story a client that neither asks nor looks, and says no more than QUIT
begins ms=1000
left
bad kept=1
done ms=1010 out=600 in=2000 version=772
data-sent out=600 in=2000 bytes=23 spoke=1
ends ms=1030 out=628 in=2000
outcome went-on verification

# doveadm, imapc_ssl_verify = no: it reads the names for its log, and has resolved the name of its server by itself.
story a client that read the names, and whose server hung up
begins ms=1000
left
good
nameless
done ms=1010 out=600 in=2000 version=772
own names=1
leaf named=1 suited=1 address=1
alert-received out=600 in=2024
ends ms=1020 out=600 in=2024
outcome given-up -

story a client that read the names, and ended the connection
begins ms=1000
left
good
nameless
done ms=1010 out=600 in=2000 version=772
own names=1
leaf named=1 suited=1 address=1
ends ms=1020 out=600 in=2000
outcome failed address

story a client certificate that the server's CA did not issue
begins ms=1000
sent type=1
received type=2
received type=13
good
shown certificates=1
done ms=1010 out=1600 in=2000 version=772
data-sent out=1600 in=2000 bytes=100
alert-received out=1722 in=2024 number=48 fatal=1
ends ms=1020 out=1722 in=2024
outcome failed late-alert

story a verification of its own that fails within the handshake
begins ms=1000
sent type=1
received type=2
own ms=1010 out=517 in=2000 failed=1
alert-sent ms=1010 out=517 in=2000 number=42 fatal=1
exited ms=1010 out=517 in=2000 result=-1 verify=1
ends ms=1020 out=524 in=2000
outcome failed own-verification

story a handshake that was let go of before its first message went out
begins ms=1000
ends ms=1001
outcome given-up -

# curl --pinnedpubkey
story a client that wrote out the server's key, and left without a word
begins ms=1000
good
done ms=1010 out=600 in=1200 version=772
alert-sent ms=1011 out=624 in=1200
checks ms=1011 out=624 in=1200
ends ms=1011 out=624 in=1200
outcome failed own-check

# curl -k --pinnedpubkey
story ... of a server whose chain it had let pass
begins ms=1000
left
bad kept=1
done ms=1010 out=600 in=1200 version=772
asked ms=1010 out=600 in=1200
alert-sent ms=1011 out=624 in=1200
own ms=1011 out=624 in=1200 names=1
checks ms=1011 out=624 in=1200
ends ms=1011 out=624 in=1200
outcome failed own-check

story ... and one that went on
begins ms=1000
good
done ms=1010 out=600 in=1200 version=772
checks ms=1111 out=724 in=1900
ends ms=1111 out=724 in=1900
outcome worked -

story a callback of .NET that knows the root where the chain ended, though no store has it
begins ms=1000 memory=1
sent ms=1001 type=1
received ms=1005 out=288 in=127 type=2
received ms=1005 out=288 in=1070 type=11
left ms=1007 out=288 in=1070
bad ms=1007 out=288 in=1070
done ms=1010 out=288 in=1244 version=772
own ms=1011 out=368 in=1244 failed=2 always=1 names=3
data-sent ms=1011 out=368 in=1244 bytes=60
own ms=1020 out=450 in=1244 failed=2 always=1 names=3
data-received ms=1020 out=450 in=1700 bytes=400
ends ms=1030 out=480 in=1700
outcome worked -

story the same one, which refuses a leaf for another name
begins ms=1000 memory=1
sent ms=1001 type=1
received ms=1005 out=288 in=127 type=2
received ms=1005 out=288 in=1070 type=11
left ms=1007 out=288 in=1070
bad ms=1007 out=288 in=1070
done ms=1010 out=288 in=1244 version=772
own ms=1011 out=368 in=1244 failed=2 always=1 names=2
leaf ms=1011 out=368 in=1244 suited=1
ends ms=1030 out=368 in=1244
outcome failed own-comparison

story the same one, which refuses the root where the chain ended
begins ms=1000 memory=1
sent ms=1001 type=1
received ms=1005 out=288 in=127 type=2
received ms=1005 out=288 in=1070 type=11
left ms=1007 out=288 in=1070
bad ms=1007 out=288 in=1070
done ms=1010 out=288 in=1244 version=772
own ms=1011 out=368 in=1244 failed=2 always=1 names=3
leaf ms=1011 out=368 in=1244 named=1 suited=1
ends ms=1030 out=368 in=1244
outcome failed own-verification
