# Written by real clients against servers on loopback: curl 7.88, Python 3.11, openssl s_client, all with OpenSSL 3.0.

story curl, an untrusted server
begins ms=1000
sent ms=1000 type=1
heard ms=1189 out=517 in=5
received ms=1189 out=517 in=127 type=2
heard ms=1189 out=517 in=132
heard ms=1189 out=517 in=138
heard ms=1189 out=517 in=161
received ms=1189 out=517 in=161 type=8
heard ms=1189 out=517 in=166
heard ms=1189 out=517 in=617
received ms=1189 out=517 in=617 type=11
bad ms=1200 out=517 in=617 kept=1 enforced=1
alert-sent ms=1200 out=524 in=617 number=48 fatal=1
own ms=1200 out=524 in=617
exited ms=1200 out=524 in=617 result=-1 verify=1
own ms=1201 out=524 in=617
ends ms=1201 out=524 in=617
outcome failed verification

story curl -k
begins ms=1000
sent ms=1000 type=1
heard ms=1001 out=517 in=5
received ms=1001 out=517 in=127 type=2
heard ms=1001 out=517 in=132
heard ms=1001 out=517 in=138
heard ms=1001 out=517 in=161
received ms=1001 out=517 in=161 type=8
heard ms=1001 out=517 in=166
heard ms=1001 out=517 in=617
received ms=1001 out=517 in=617 type=11
left ms=1002 out=517 in=617
bad ms=1003 out=517 in=617 kept=1
heard ms=1003 out=517 in=622
heard ms=1003 out=517 in=719
received ms=1003 out=517 in=719 type=15
heard ms=1003 out=517 in=724
heard ms=1003 out=517 in=793
received ms=1003 out=517 in=793 type=20
sent ms=1003 out=517 in=793 type=20
done ms=1003 out=597 in=793 version=772
asked ms=1003 out=597 in=793
own ms=1003 out=597 in=793
data-sent ms=1003 out=597 in=793 bytes=96
received ms=1003 out=698 in=1048 type=4
received ms=1003 out=698 in=1303 type=4
own ms=1003 out=698 in=6496
data-received ms=1003 out=698 in=6496 bytes=5188
alert-received ms=1003 out=698 in=6520
alert-sent ms=1004 out=722 in=6520
own ms=1004 out=722 in=6520
ends ms=1004 out=722 in=6520
outcome went-on verification

story curl, a wrong name, which it finds itself
begins ms=1000
sent ms=1000 type=1
heard ms=1016 out=517 in=5
received ms=1016 out=517 in=127 type=2
heard ms=1016 out=517 in=132
heard ms=1016 out=517 in=138
heard ms=1016 out=517 in=161
received ms=1016 out=517 in=161 type=8
heard ms=1016 out=517 in=166
heard ms=1016 out=517 in=626
received ms=1016 out=517 in=626 type=11
good ms=1017 out=517 in=626
unnamed ms=1023 out=517 in=626
heard ms=1023 out=517 in=631
heard ms=1023 out=517 in=726
received ms=1023 out=517 in=726 type=15
heard ms=1023 out=517 in=731
heard ms=1023 out=517 in=800
received ms=1023 out=517 in=800 type=20
sent ms=1023 out=517 in=800 type=20
done ms=1023 out=597 in=800 version=772
alert-sent ms=1023 out=621 in=800
own ms=1023 out=621 in=800 names=1
ends ms=1023 out=621 in=800
outcome failed name

story curl, all is well
begins ms=1000
sent ms=1000 type=1
heard ms=1004 out=517 in=5
received ms=1004 out=517 in=127 type=2
heard ms=1004 out=517 in=132
heard ms=1004 out=517 in=138
heard ms=1004 out=517 in=161
received ms=1004 out=517 in=161 type=8
heard ms=1004 out=517 in=166
heard ms=1004 out=517 in=617
received ms=1004 out=517 in=617 type=11
good ms=1004 out=517 in=617
heard ms=1004 out=517 in=622
heard ms=1004 out=517 in=718
received ms=1004 out=517 in=718 type=15
heard ms=1004 out=517 in=723
heard ms=1004 out=517 in=792
received ms=1004 out=517 in=792 type=20
sent ms=1004 out=517 in=792 type=20
done ms=1023 out=597 in=792 version=772
asked ms=1023 out=597 in=792 good=1
alert-received ms=1023 out=698 in=6519
alert-sent ms=1023 out=722 in=6519
ends ms=1023 out=722 in=6519
outcome worked -

story curl, an address that the certificate does not carry
begins ms=1000
sent ms=1000 type=1
heard ms=1008 out=517 in=5
received ms=1008 out=517 in=127 type=2
heard ms=1008 out=517 in=132
heard ms=1008 out=517 in=138
heard ms=1008 out=517 in=161
received ms=1008 out=517 in=161 type=8
heard ms=1008 out=517 in=166
heard ms=1008 out=517 in=617
received ms=1008 out=517 in=617 type=11
good ms=1008 out=517 in=617
nameless ms=1008 out=517 in=617
heard ms=1008 out=517 in=622
heard ms=1008 out=517 in=718
received ms=1008 out=517 in=718 type=15
heard ms=1008 out=517 in=723
heard ms=1008 out=517 in=792
received ms=1008 out=517 in=792 type=20
sent ms=1009 out=517 in=792 type=20
done ms=1011 out=597 in=792 version=772
received ms=1011 out=597 in=1047 type=4
received ms=1011 out=597 in=1302 type=4
alert-sent ms=1011 out=621 in=1302
own ms=1011 out=621 in=1302 names=1
leaf ms=1011 out=621 in=1302 suited=1 address=1
ends ms=1011 out=621 in=1302
outcome failed address

story curl, TLS 1.2, all is well
begins ms=1000
sent ms=1000 type=1
heard ms=1008 out=220 in=5
received ms=1008 out=220 in=98 type=2
heard ms=1008 out=220 in=103
received ms=1008 out=220 in=534 type=11
good ms=1008 out=220 in=534
heard ms=1008 out=220 in=539
received ms=1008 out=220 in=654 type=12
heard ms=1008 out=220 in=659
received ms=1008 out=220 in=663 type=14
sent ms=1008 out=220 in=663 type=16
sent ms=1009 out=220 in=663 type=20
heard ms=1019 out=313 in=668
heard ms=1019 out=313 in=674
received ms=1019 out=313 in=714 type=20
done ms=1019 out=313 in=714 version=771
asked ms=1019 out=313 in=714 good=1
alert-received ms=1020 out=421 in=5795
alert-sent ms=1020 out=452 in=5795
ends ms=1020 out=452 in=5795
outcome worked -

story curl -k, TLS 1.2
begins ms=1000
sent ms=1000 type=1
heard ms=1000 out=220 in=5
received ms=1000 out=220 in=98 type=2
heard ms=1000 out=220 in=103
received ms=1000 out=220 in=534 type=11
left ms=1001 out=220 in=534
bad ms=1001 out=220 in=534 kept=1
heard ms=1001 out=220 in=539
received ms=1001 out=220 in=653 type=12
heard ms=1014 out=220 in=658
received ms=1014 out=220 in=662 type=14
sent ms=1014 out=220 in=662 type=16
sent ms=1014 out=220 in=662 type=20
heard ms=1014 out=313 in=667
heard ms=1014 out=313 in=673
received ms=1014 out=313 in=713 type=20
done ms=1014 out=313 in=713 version=771
asked ms=1014 out=313 in=713
own ms=1014 out=313 in=713
data-sent ms=1014 out=313 in=713 bytes=103
own ms=1015 out=421 in=718
data-received ms=1015 out=421 in=718 bytes=5045
alert-received ms=1015 out=421 in=5794
alert-sent ms=1015 out=452 in=5794
own ms=1015 out=452 in=5794
ends ms=1015 out=452 in=5794
outcome went-on verification

story python, an untrusted server
begins ms=1000
sent ms=1000 type=1
heard ms=1004 out=517 in=5
received ms=1004 out=517 in=127 type=2
heard ms=1004 out=517 in=132
heard ms=1004 out=517 in=138
heard ms=1004 out=517 in=161
received ms=1004 out=517 in=161 type=8
heard ms=1004 out=517 in=166
heard ms=1004 out=517 in=617
received ms=1004 out=517 in=617 type=11
bad ms=1025 out=517 in=617 kept=1 enforced=1
alert-sent ms=1025 out=524 in=617 number=48 fatal=1
own ms=1025 out=524 in=617
exited ms=1025 out=524 in=617 result=-1 verify=1
own ms=1026 out=524 in=617
ends ms=1026 out=524 in=617
outcome failed verification

story asyncio, an untrusted server
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1007 out=517 in=5
received ms=1007 out=517 in=127 type=2
heard ms=1007 out=517 in=132
heard ms=1007 out=517 in=138
heard ms=1007 out=517 in=161
received ms=1007 out=517 in=161 type=8
heard ms=1007 out=517 in=166
heard ms=1007 out=517 in=617
received ms=1007 out=517 in=617 type=11
bad ms=1024 out=517 in=617 kept=1 enforced=1
alert-sent ms=1024 out=517 in=617 number=48 fatal=1
own ms=1024 out=517 in=617
exited ms=1024 out=517 in=617 result=-1 verify=1
own ms=1085 out=524 in=617
ends ms=1085 out=524 in=617
outcome failed verification

story python without verification, which only looks at the certificate
begins ms=1000
sent ms=1002 type=1
heard ms=1021 out=517 in=5
received ms=1021 out=517 in=127 type=2
heard ms=1022 out=517 in=132
heard ms=1022 out=517 in=138
heard ms=1022 out=517 in=161
received ms=1022 out=517 in=161 type=8
heard ms=1022 out=517 in=166
heard ms=1022 out=517 in=617
received ms=1022 out=517 in=617 type=11
left ms=1022 out=517 in=617
bad ms=1023 out=517 in=617 kept=1
heard ms=1023 out=517 in=622
heard ms=1023 out=517 in=718
received ms=1023 out=517 in=718 type=15
heard ms=1023 out=517 in=723
heard ms=1023 out=517 in=792
received ms=1023 out=517 in=792 type=20
sent ms=1023 out=517 in=792 type=20
done ms=1023 out=597 in=792 version=772
own ms=1023 out=597 in=792
ends ms=1023 out=597 in=792
outcome given-up -

story s_client goes on
begins ms=1000
sent ms=1001 type=1
heard ms=1012 out=315 in=5
received ms=1012 out=315 in=127 type=2
heard ms=1012 out=315 in=132
heard ms=1012 out=315 in=138
heard ms=1012 out=315 in=161
received ms=1012 out=315 in=161 type=8
heard ms=1012 out=315 in=166
heard ms=1012 out=315 in=617
received ms=1012 out=315 in=617 type=11
left ms=1012 out=315 in=617
bad ms=1020 out=315 in=617 kept=1 told=1
heard ms=1020 out=315 in=622
heard ms=1020 out=315 in=718
received ms=1020 out=315 in=718 type=15
heard ms=1020 out=315 in=723
heard ms=1020 out=315 in=792
received ms=1020 out=315 in=792 type=20
sent ms=1020 out=315 in=792 type=20
done ms=1020 out=395 in=792 version=772
asked ms=1020 out=395 in=792
asked ms=1020 out=395 in=792
alert-sent ms=1020 out=419 in=792
own ms=1027 out=419 in=1326
ends ms=1027 out=419 in=1326
outcome failed verification

story curl, plain HTTP on that port
begins ms=1000
sent ms=1000 type=1
heard ms=1095 out=517 in=5
exited ms=1095 out=517 in=5 result=-1
ends ms=1096 out=517 in=5
outcome failed handshake

story curl, a name that is no host of the certificate, verification off
begins ms=1000
sent ms=1000 type=1
heard ms=1001 out=517 in=5
received ms=1001 out=517 in=127 type=2
heard ms=1001 out=517 in=132
heard ms=1001 out=517 in=138
heard ms=1001 out=517 in=161
received ms=1001 out=517 in=161 type=8
heard ms=1001 out=517 in=166
heard ms=1001 out=517 in=626
received ms=1001 out=517 in=626 type=11
left ms=1001 out=517 in=626
bad ms=1002 out=517 in=626 kept=1
heard ms=1002 out=517 in=631
heard ms=1002 out=517 in=727
received ms=1002 out=517 in=727 type=15
heard ms=1002 out=517 in=732
heard ms=1002 out=517 in=801
received ms=1002 out=517 in=801 type=20
sent ms=1002 out=517 in=801 type=20
done ms=1003 out=597 in=801 version=772
asked ms=1003 out=597 in=801
own ms=1003 out=597 in=801
data-sent ms=1003 out=597 in=801 bytes=96
received ms=1003 out=698 in=1056 type=4
received ms=1003 out=698 in=1311 type=4
own ms=1003 out=698 in=6504
data-received ms=1003 out=698 in=6504 bytes=5188
alert-received ms=1003 out=698 in=6528
alert-sent ms=1003 out=722 in=6528
own ms=1003 out=722 in=6528
ends ms=1003 out=722 in=6528
outcome went-on verification

story ncat, which says nothing: it reads what an untrusted server says first, and ends
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1072 type=11
left ms=1001 out=517 in=1072
bad ms=1015 out=517 in=1072 kept=1 told=1
received ms=1015 out=517 in=1174 type=15
received ms=1015 out=517 in=1248 type=20
sent ms=1015 out=517 in=1248 type=20
done ms=1016 out=597 in=1248 version=772
received ms=1016 out=597 in=1503 type=4
received ms=1063 out=597 in=1758 type=4
own ms=1063 out=597 in=1793
data-received ms=1063 out=597 in=1793 bytes=30
own ms=1250 out=597 in=1793
ends ms=1250 out=597 in=1793
outcome went-on verification

# Sockets that were closed before the SSL was let go of (a client over memory BIOs, OpenSSL 3.0).

story asyncio: it met a reset by itself, and closed the socket
begins ms=1000 memory=1
sent ms=1000 type=1
closed ms=1000 out=315 met=1 peer=2
ends ms=1001 out=315 waits=1
outcome failed silence

story a socket that nobody had ended is closed, while its client waits for an answer
begins ms=1000 memory=1
sent ms=1000 type=1
closed ms=1000 out=315
ends ms=1000 out=315 waits=1
outcome given-up -

story ... and the SSL is let go of later
begins ms=1000 memory=1
sent ms=1001 type=1
closed ms=1301 out=315
ends ms=2503 out=315 waits=1
outcome given-up -

story a client whose patience is over closes its socket
begins ms=1000 memory=1
sent ms=1000 type=1
closed ms=2101 out=315
ends ms=2102 out=315 waits=1
outcome failed silence

story asyncio: it met the reset of a server that misses a certificate (TLS 1.3)
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1007 out=315 in=5
received ms=1007 out=315 in=127 type=2
heard ms=1007 out=315 in=132
heard ms=1007 out=315 in=138
heard ms=1007 out=315 in=161
received ms=1007 out=315 in=161 type=8
heard ms=1007 out=315 in=166
heard ms=1007 out=315 in=228
received ms=1007 out=315 in=228 type=13
heard ms=1007 out=315 in=233
heard ms=1007 out=315 in=669
received ms=1007 out=315 in=669 type=11
good ms=1008 out=315 in=669
heard ms=1008 out=315 in=674
heard ms=1008 out=315 in=770
received ms=1008 out=315 in=770 type=15
heard ms=1008 out=315 in=775
heard ms=1008 out=315 in=844
received ms=1008 out=315 in=844 type=20
sent ms=1008 out=315 in=844 type=11
shown ms=1008 out=315 in=844
sent ms=1008 out=315 in=844 type=20
done ms=1008 out=315 in=844 version=772
closed ms=1012 out=425 in=844 met=1 peer=2
ends ms=1012 out=425 in=844
outcome failed unanswered

story it closes, with no word said, what a server did not mind
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1006 out=315 in=5
received ms=1006 out=315 in=127 type=2
heard ms=1007 out=315 in=132
heard ms=1007 out=315 in=138
heard ms=1007 out=315 in=161
received ms=1007 out=315 in=161 type=8
heard ms=1007 out=315 in=166
heard ms=1007 out=315 in=228
received ms=1007 out=315 in=228 type=13
heard ms=1007 out=315 in=233
heard ms=1007 out=315 in=669
received ms=1007 out=315 in=669 type=11
good ms=1007 out=315 in=669
heard ms=1007 out=315 in=674
heard ms=1007 out=315 in=769
received ms=1007 out=315 in=769 type=15
heard ms=1007 out=315 in=774
heard ms=1007 out=315 in=843
received ms=1007 out=315 in=843 type=20
sent ms=1007 out=315 in=843 type=11
shown ms=1007 out=315 in=843
sent ms=1007 out=315 in=843 type=20
done ms=1007 out=315 in=843 version=772
closed ms=1007 out=425 in=843
ends ms=1008 out=425 in=843
outcome given-up -

story .NET, whose process ends while a silent server is waited for: the socket that is still there tells what was taken
begins ms=1000 memory=1
sent ms=1000 type=1
closed ms=2932 out=288
ends ms=2932 out=288 how=2 waits=1
outcome failed silence

story .NET, whose process ends after a reset in place of an answer to its certificate
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1019 out=288 in=5
received ms=1019 out=288 in=70 type=2
heard ms=1019 out=288 in=75
received ms=1019 out=288 in=959 type=11
left ms=1020 out=288 in=959
bad ms=1020 out=288 in=959
heard ms=1020 out=288 in=964
received ms=1020 out=288 in=1078 type=12
heard ms=1020 out=288 in=1083
received ms=1020 out=288 in=1141 type=13
heard ms=1020 out=288 in=1146
received ms=1020 out=288 in=1150 type=14
sent ms=1020 out=288 in=1150 type=11
shown ms=1020 out=288 in=1150
sent ms=1020 out=288 in=1150 type=16
sent ms=1020 out=288 in=1150 type=20
closed ms=1179 out=393 in=1150 met=1 peer=2
ends ms=1179 out=393 in=1150 how=2 waits=1
outcome failed silence

story haproxy, with verification off, and its poller meets the reset
begins ms=1000
sent ms=1000 type=1
heard ms=1003 out=517 in=5
received ms=1003 out=517 in=70 type=2
heard ms=1003 out=517 in=75
received ms=1003 out=517 in=959 type=11
left ms=1004 out=517 in=959
bad ms=1005 out=517 in=959 kept=1
heard ms=1005 out=517 in=964
received ms=1005 out=517 in=1079 type=12
heard ms=1005 out=517 in=1084
received ms=1005 out=517 in=1142 type=13
heard ms=1005 out=517 in=1147
received ms=1005 out=517 in=1151 type=14
sent ms=1005 out=517 in=1151 type=11
shown ms=1005 out=517 in=1151
sent ms=1005 out=517 in=1151 type=16
sent ms=1005 out=517 in=1151 type=20
own ms=1005 out=622 in=1151
ends ms=1005 out=622 in=1151 met=1 peer=2 waits=1
outcome failed silence

story EventMachine, which verifies what OpenSSL gave its callback by itself, and finds it expired
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1001 out=517 in=5
received ms=1001 out=517 in=127 type=2
heard ms=1001 out=517 in=132
heard ms=1001 out=517 in=138
received ms=1001 out=517 in=161 type=8
heard ms=1001 out=517 in=166
received ms=1001 out=517 in=1072 type=11
bad ms=1006 out=517 in=1072 kept=1 told=1
heard ms=1006 out=517 in=1077
received ms=1006 out=517 in=1173 type=15
heard ms=1006 out=517 in=1178
received ms=1006 out=517 in=1247 type=20
sent ms=1006 out=517 in=1247 type=20
done ms=1006 out=517 in=1247 version=772
own ms=1007 out=597 in=1247 failed=1
ends ms=1007 out=597 in=1247
outcome failed own-verification

story EventMachine, which finds the chain good by itself, and then ends the connection
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1001 out=517 in=5
received ms=1001 out=517 in=127 type=2
heard ms=1001 out=517 in=132
heard ms=1001 out=517 in=138
received ms=1001 out=517 in=161 type=8
heard ms=1001 out=517 in=166
received ms=1001 out=517 in=1080 type=11
bad ms=1004 out=517 in=1080 kept=1 told=1
heard ms=1004 out=517 in=1085
received ms=1004 out=517 in=1181 type=15
heard ms=1004 out=517 in=1186
received ms=1004 out=517 in=1255 type=20
sent ms=1004 out=517 in=1255 type=20
done ms=1004 out=517 in=1255 version=772
own ms=1005 out=597 in=1255 good=1
ends ms=1005 out=597 in=1255
outcome given-up -

story em-http-request, whose callback lets the failure pass, and whose server resets it for want of a certificate
begins ms=1000 memory=1
sent ms=1001 type=1
heard ms=1004 out=517 in=5
received ms=1004 out=517 in=127 type=2
heard ms=1004 out=517 in=132
heard ms=1004 out=517 in=138
received ms=1004 out=517 in=161 type=8
heard ms=1004 out=517 in=166
received ms=1004 out=517 in=232 type=13
heard ms=1004 out=517 in=237
received ms=1004 out=517 in=1144 type=11
bad ms=1018 out=517 in=1144 kept=1 told=1
heard ms=1018 out=517 in=1149
received ms=1018 out=517 in=1245 type=15
heard ms=1018 out=517 in=1250
received ms=1018 out=517 in=1319 type=20
sent ms=1018 out=517 in=1319 type=11
shown ms=1018 out=517 in=1319
sent ms=1018 out=517 in=1319 type=20
done ms=1018 out=517 in=1319 version=772
own ms=1018 out=627 in=1319 good=1
data-sent ms=1018 out=627 in=1319 bytes=151
own ms=1019 out=783 in=1319 good=1
closed ms=1019 out=783 in=1319 met=1 peer=2
ends ms=1019 out=783 in=1319
outcome failed unanswered

story em-http-request, the same with TLS 1.2
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1010 out=517 in=5
received ms=1010 out=517 in=70 type=2
heard ms=1010 out=517 in=75
received ms=1010 out=517 in=958 type=11
bad ms=1014 out=517 in=958 kept=1 told=1
heard ms=1014 out=517 in=963
received ms=1014 out=517 in=1078 type=12
heard ms=1014 out=517 in=1083
received ms=1014 out=517 in=1141 type=13
heard ms=1014 out=517 in=1146
received ms=1014 out=517 in=1150 type=14
sent ms=1014 out=517 in=1150 type=11
shown ms=1014 out=517 in=1150
sent ms=1014 out=517 in=1150 type=16
sent ms=1014 out=517 in=1150 type=20
own ms=1021 out=622 in=1150 good=1
closed ms=1021 out=622 in=1150 met=1 peer=2
ends ms=1021 out=622 in=1150 waits=1
outcome failed silence

story em-http-request, which finds the chain good by itself, and goes on
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1009 out=517 in=5
received ms=1009 out=517 in=127 type=2
heard ms=1010 out=517 in=132
heard ms=1010 out=517 in=138
received ms=1010 out=517 in=161 type=8
heard ms=1010 out=517 in=166
received ms=1010 out=517 in=1073 type=11
bad ms=1014 out=517 in=1073 kept=1 told=1
heard ms=1014 out=517 in=1078
received ms=1014 out=517 in=1174 type=15
heard ms=1014 out=517 in=1179
received ms=1014 out=517 in=1248 type=20
sent ms=1014 out=517 in=1248 type=20
done ms=1014 out=517 in=1248 version=772
own ms=1015 out=597 in=1248 good=1
data-sent ms=1015 out=597 in=1248 bytes=151
received ms=1017 out=753 in=1503 type=4
received ms=1061 out=753 in=1758 type=4
own ms=1061 out=753 in=1876 good=1
data-received ms=1061 out=753 in=1876 bytes=113
alert-received ms=1061 out=753 in=1900
alert-sent ms=1061 out=753 in=1900
own ms=1061 out=753 in=1900 good=1
ends ms=1061 out=753 in=1900
outcome worked -

story CL+SSL, whose callback leaves OpenSSL by a condition
begins ms=1000
sent ms=1000 type=1
heard ms=1005 out=405 in=5
received ms=1005 out=405 in=127 type=2
heard ms=1006 out=405 in=132
heard ms=1006 out=405 in=138
received ms=1006 out=405 in=161 type=8
heard ms=1006 out=405 in=166
received ms=1006 out=405 in=1073 type=11
bad ms=1010 out=405 in=1073 kept=1 enforced=1 told=1
own ms=1010 out=405 in=1073
ends ms=1010 out=405 in=1073
outcome failed verification
