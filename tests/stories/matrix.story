# Written by the clients of the matrix (tests/clients/matrix), Debian 12, each cell with the record that its tables ask for. Each shape of a
# story stands here once, with the first client that has it and how many more have; of several equal events in a row the first and the last.

story ab, close, and 56 more
begins ms=1000
sent ms=1000 type=1
alert-sent ms=1020 out=524 number=50 fatal=1
exited ms=1020 out=524 result=-1
ends ms=1020 out=524
outcome failed handshake

story ab, expired, and 15 more
begins ms=1000
sent ms=1000 type=1
received ms=1056 out=517 in=127 type=2
received ms=1057 out=517 in=161 type=8
received ms=1057 out=517 in=1071 type=11
left ms=1057 out=517 in=1071
bad ms=1058 out=517 in=1071 kept=1
received ms=1058 out=517 in=1172 type=15
received ms=1058 out=517 in=1246 type=20
sent ms=1058 out=517 in=1246 type=20
done ms=1058 out=597 in=1246 version=772
own ms=1058 out=597 in=1246
data-sent ms=1058 out=597 in=1246 bytes=102
received ms=1068 out=704 in=1501 type=4
received ms=1112 out=704 in=1756 type=4
own ms=1112 out=704 in=1874
data-received ms=1112 out=704 in=1874 bytes=113
alert-received ms=1112 out=704 in=1898
alert-sent ms=1113 out=728 in=1898
own ms=1113 out=728 in=1898
ends ms=1113 out=728 in=1898
outcome went-on verification

story ab, only-1.0, and 10 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=74 type=2
received ms=1001 out=517 in=962 type=11
left ms=1002 out=517 in=962
bad ms=1007 out=517 in=962 kept=1
received ms=1007 out=517 in=1080 type=12
alert-sent ms=1007 out=524 in=1080 number=80 fatal=1
own ms=1007 out=524 in=1080
exited ms=1007 out=524 in=1080 result=-1
own ms=1008 out=524 in=1080
ends ms=1008 out=524 in=1080
outcome failed handshake

story ab, plain, and 145 more
begins ms=1000
sent ms=1000 type=1
heard ms=1011 out=517 in=5
exited ms=1011 out=517 in=5 result=-1
ends ms=1012 out=517 in=5
outcome failed handshake

story ab, reset-cert-1.3, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1002 out=517 in=1142
bad ms=1002 out=517 in=1142 kept=1
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1003 out=627 in=1317 version=772
own ms=1003 out=627 in=1317
data-sent ms=1003 out=627 in=1317 bytes=102
own ms=1023 out=734 in=1317
closes ms=1023 out=734 in=1317 met=1 peer=2
own ms=1023 out=734 in=1317
ends ms=1023 out=734 in=1317
outcome failed unanswered

story ab, wants-cert-1.2, and 6 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=70 type=2
received ms=1001 out=517 in=958 type=11
left ms=1001 out=517 in=958
bad ms=1002 out=517 in=958 kept=1
received ms=1002 out=517 in=1078 type=12
received ms=1002 out=517 in=1141 type=13
received ms=1002 out=517 in=1150 type=14
sent ms=1002 out=517 in=1150 type=11
shown ms=1002 out=517 in=1150
sent ms=1002 out=517 in=1150 type=16
sent ms=1002 out=517 in=1150 type=20
heard ms=1002 out=622 in=1157
alert-received ms=1002 out=622 in=1157 number=40 fatal=1
own ms=1002 out=622 in=1157
exited ms=1002 out=622 in=1157 result=-1
own ms=1003 out=622 in=1157
closes ms=1003 out=622 in=1157
own ms=1003 out=622 in=1157
ends ms=1003 out=622 in=1157
outcome failed handshake

story ab, wants-cert-1.3, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=127 type=2
received ms=1000 out=517 in=161 type=8
received ms=1000 out=517 in=232 type=13
received ms=1000 out=517 in=1142 type=11
left ms=1001 out=517 in=1142
bad ms=1002 out=517 in=1142 kept=1
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1002 out=627 in=1317 version=772
own ms=1002 out=627 in=1317
data-sent ms=1002 out=627 in=1317 bytes=102
alert-received ms=1002 out=734 in=1341 number=116 fatal=1
own ms=1002 out=734 in=1341
closes ms=1002 out=734 in=1341
own ms=1002 out=734 in=1341
ends ms=1002 out=734 in=1341
outcome failed late-alert

story aiohttp, close, and 5 more
begins ms=1000 memory=1
sent ms=1000 type=1
ends ms=1007 out=517 waits=1
outcome failed silence

story aiohttp, expired, and 3 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
bad ms=1013 out=517 in=1071 kept=1 enforced=1
alert-sent ms=1013 out=517 in=1071 number=45 fatal=1
own ms=1013 out=517 in=1071
exited ms=1013 out=517 in=1071 result=-1 verify=1
own ms=1021 out=524 in=1071
ends ms=1021 out=524 in=1071
outcome failed verification

story aiohttp, good, and 3 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1072 type=11
good ms=1002 out=517 in=1072
received ms=1002 out=517 in=1173 type=15
received ms=1002 out=517 in=1247 type=20
sent ms=1002 out=517 in=1247 type=20
done ms=1002 out=517 in=1247 version=772
alert-received ms=1046 out=746 in=1899
alert-sent ms=1046 out=746 in=1899
ends ms=1047 out=770 in=1899
outcome worked -

story aiohttp, only-1.0, and 6 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1008 out=517 in=74 type=2
received ms=1008 out=517 in=963 type=11
good ms=1009 out=517 in=963
received ms=1009 out=517 in=1080 type=12
alert-sent ms=1009 out=517 in=1080 number=80 fatal=1
own ms=1009 out=517 in=1080
exited ms=1009 out=517 in=1080 result=-1
own ms=1049 out=524 in=1080
ends ms=1049 out=524 in=1080
outcome failed handshake

story aiohttp, plain, and 7 more
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1000 out=517 in=5
exited ms=1000 out=517 in=5 result=-1
ends ms=1025 out=517 in=5
outcome failed handshake

story aiohttp, private-ca, and 3 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1072 type=11
bad ms=1014 out=517 in=1072 kept=1 enforced=1
alert-sent ms=1014 out=517 in=1072 number=48 fatal=1
own ms=1014 out=517 in=1072
exited ms=1014 out=517 in=1072 result=-1 verify=1
own ms=1023 out=524 in=1072
ends ms=1023 out=524 in=1072
outcome failed verification

story aiohttp, wants-cert-1.2, and 7 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=70 type=2
received ms=1001 out=517 in=959 type=11
good ms=1002 out=517 in=959
received ms=1002 out=517 in=1079 type=12
received ms=1002 out=517 in=1142 type=13
received ms=1002 out=517 in=1151 type=14
sent ms=1002 out=517 in=1151 type=11
shown ms=1002 out=517 in=1151
sent ms=1002 out=517 in=1151 type=16
sent ms=1003 out=517 in=1151 type=20
heard ms=1003 out=622 in=1158
alert-received ms=1003 out=622 in=1158 number=40 fatal=1
own ms=1003 out=622 in=1158
exited ms=1003 out=622 in=1158 result=-1
own ms=1012 out=622 in=1158
ends ms=1012 out=622 in=1158
outcome failed handshake

story aiohttp, wants-cert-1.3, and 6 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1002 out=517 in=1143 type=11
good ms=1003 out=517 in=1143
received ms=1003 out=517 in=1244 type=15
received ms=1003 out=517 in=1318 type=20
sent ms=1003 out=517 in=1318 type=11
shown ms=1003 out=517 in=1318
sent ms=1003 out=517 in=1318 type=20
done ms=1003 out=517 in=1318 version=772
data-sent ms=1003 out=627 in=1318 bytes=144
alert-received ms=1006 out=776 in=1342 number=116 fatal=1
ends ms=1010 out=776 in=1342
outcome failed late-alert

story aiohttp, wrong-name, and 3 more
begins ms=1000 memory=1
sent ms=1001 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1079 type=11
bad ms=1014 out=517 in=1079 kept=1 enforced=1
alert-sent ms=1014 out=517 in=1079 number=42 fatal=1
own ms=1014 out=517 in=1079
exited ms=1014 out=517 in=1079 result=-1 verify=1
own ms=1025 out=524 in=1079
ends ms=1025 out=524 in=1079
outcome failed verification

story anyevent, close, and 1 more
begins ms=1000 memory=1
sent ms=1000 type=1
ends ms=1083 out=517 met=1 peer=1 waits=1
outcome failed silence

story anyevent, expired, and 1 more
begins ms=1000 memory=1
sent ms=1001 type=1
received ms=1040 out=517 in=1245 type=2
received ms=1040 out=517 in=1245 type=8
received ms=1040 out=517 in=1245 type=11
bad ms=1042 out=517 in=1245 kept=1 enforced=1 told=1
alert-sent ms=1042 out=517 in=1245 number=45 fatal=1
own ms=1042 out=517 in=1245
exited ms=1042 out=517 in=1245 result=-1 verify=1
own ms=1043 out=517 in=1245
ends ms=1043 out=517 in=1245
outcome failed verification

story anyevent, good
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1116 out=517 in=1247 type=2
received ms=1116 out=517 in=1247 type=8
received ms=1116 out=517 in=1247 type=11
good ms=1117 out=517 in=1247
received ms=1117 out=517 in=1247 type=15
received ms=1117 out=517 in=1247 type=20
sent ms=1117 out=517 in=1247 type=20
done ms=1117 out=517 in=1247 version=772
alert-received ms=1140 out=637 in=1899
ends ms=1140 out=637 in=1899
outcome worked -

story anyevent, private-ca, and 1 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=1246 type=2
received ms=1001 out=517 in=1246 type=8
received ms=1001 out=517 in=1246 type=11
bad ms=1270 out=517 in=1246 kept=1 enforced=1 told=1
alert-sent ms=1270 out=517 in=1246 number=48 fatal=1
own ms=1270 out=517 in=1246
exited ms=1270 out=517 in=1246 result=-1 verify=1
own ms=1270 out=517 in=1246
ends ms=1270 out=517 in=1246
outcome failed verification

story anyevent, reset-cert-1.3
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1024 out=517 in=1318 type=2
received ms=1024 out=517 in=1318 type=8
received ms=1024 out=517 in=1318 type=13
received ms=1024 out=517 in=1318 type=11
good ms=1025 out=517 in=1318
received ms=1025 out=517 in=1318 type=15
received ms=1026 out=517 in=1318 type=20
sent ms=1026 out=517 in=1318 type=11
shown ms=1026 out=517 in=1318
sent ms=1026 out=517 in=1318 type=20
done ms=1026 out=517 in=1318 version=772
data-sent ms=1049 out=627 in=1318 bytes=35
ends ms=1056 out=667 in=1318 met=1 peer=2 waits=1
outcome failed unanswered

story anyevent, wrong-name
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1039 out=517 in=1254 type=2
received ms=1039 out=517 in=1254 type=8
received ms=1039 out=517 in=1254 type=11
bad ms=1053 out=517 in=1254 kept=1 enforced=1 told=1 own=1
alert-sent ms=1053 out=517 in=1254 number=80 fatal=1
own ms=1053 out=517 in=1254
exited ms=1053 out=517 in=1254 result=-1 verify=1
own ms=1054 out=517 in=1254
ends ms=1054 out=517 in=1254
outcome failed verification

story apache, expired, and 33 more
begins ms=1000
sent ms=1000 type=1
received ms=1020 out=517 in=127 type=2
received ms=1020 out=517 in=161 type=8
received ms=1020 out=517 in=1071 type=11
bad ms=1022 out=517 in=1071 kept=1 enforced=1 told=1
alert-sent ms=1040 out=524 in=1071 number=45 fatal=1
own ms=1040 out=524 in=1071
exited ms=1040 out=524 in=1071 result=-1 verify=1
own ms=1040 out=524 in=1071
ends ms=1040 out=524 in=1071
outcome failed verification

story apache, good, and 24 more
begins ms=1000
sent ms=1001 type=1
received ms=1048 out=517 in=127 type=2
received ms=1048 out=517 in=161 type=8
received ms=1048 out=517 in=1072 type=11
good ms=1049 out=517 in=1072
received ms=1049 out=517 in=1173 type=15
received ms=1049 out=517 in=1247 type=20
sent ms=1049 out=517 in=1247 type=20
done ms=1053 out=597 in=1247 version=772
ends ms=1100 out=745 in=1875
outcome worked -

story apache, only-1.0, and 54 more
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=517 in=74 type=2
received ms=1010 out=517 in=963 type=11
good ms=1011 out=517 in=963
received ms=1011 out=517 in=1080 type=12
alert-sent ms=1011 out=524 in=1080 number=80 fatal=1
own ms=1011 out=524 in=1080
exited ms=1011 out=524 in=1080 result=-1
own ms=1012 out=524 in=1080
ends ms=1012 out=524 in=1080
outcome failed handshake

story apache, private-ca, and 31 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1072 type=11
bad ms=1005 out=517 in=1072 kept=1 enforced=1 told=1
alert-sent ms=1019 out=524 in=1072 number=48 fatal=1
own ms=1019 out=524 in=1072
exited ms=1019 out=524 in=1072 result=-1 verify=1
own ms=1020 out=524 in=1072
ends ms=1020 out=524 in=1072
outcome failed verification

story apache, reset-cert-1.3, and 8 more
begins ms=1000
sent ms=1001 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=232 type=13
received ms=1002 out=517 in=1143 type=11
good ms=1003 out=517 in=1143
received ms=1003 out=517 in=1244 type=15
received ms=1003 out=517 in=1318 type=20
sent ms=1003 out=517 in=1318 type=11
shown ms=1003 out=517 in=1318
sent ms=1003 out=517 in=1318 type=20
done ms=1003 out=627 in=1318 version=772
data-sent ms=1003 out=627 in=1318 bytes=143
ends ms=1014 out=775 in=1318 met=1 peer=1
outcome failed unanswered

story apache, wants-cert-1.2, and 18 more
begins ms=1000
sent ms=1001 type=1
received ms=1022 out=517 in=70 type=2
received ms=1022 out=517 in=959 type=11
good ms=1023 out=517 in=959
received ms=1023 out=517 in=1078 type=12
received ms=1023 out=517 in=1141 type=13
received ms=1023 out=517 in=1150 type=14
sent ms=1056 out=517 in=1150 type=11
shown ms=1056 out=517 in=1150
sent ms=1056 out=517 in=1150 type=16
sent ms=1056 out=517 in=1150 type=20
heard ms=1056 out=622 in=1157
alert-received ms=1056 out=622 in=1157 number=40 fatal=1
own ms=1056 out=622 in=1157
exited ms=1056 out=622 in=1157 result=-1
own ms=1057 out=622 in=1157
closes ms=1057 out=622 in=1157
own ms=1057 out=622 in=1157
ends ms=1057 out=622 in=1157
outcome failed handshake

story apache, wants-cert-1.3, and 26 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
good ms=1002 out=517 in=1143
received ms=1002 out=517 in=1244 type=15
received ms=1002 out=517 in=1318 type=20
sent ms=1002 out=517 in=1318 type=11
shown ms=1002 out=517 in=1318
sent ms=1002 out=517 in=1318 type=20
done ms=1002 out=627 in=1318 version=772
data-sent ms=1002 out=627 in=1318 bytes=143
alert-received ms=1002 out=775 in=1342 number=116 fatal=1
ends ms=1003 out=775 in=1342
outcome failed late-alert

story apache, wrong-name, and 3 more
begins ms=1000
sent ms=1001 type=1
received ms=1004 out=517 in=127 type=2
received ms=1005 out=517 in=161 type=8
received ms=1005 out=517 in=1079 type=11
good ms=1005 out=517 in=1079
unnamed ms=1006 out=517 in=1079
received ms=1006 out=517 in=1179 type=15
received ms=1006 out=517 in=1253 type=20
sent ms=1006 out=517 in=1253 type=20
done ms=1006 out=597 in=1253 version=772
own ms=1006 out=597 in=1253 names=1
ends ms=1006 out=597 in=1253
outcome failed name

story apache-verify-none, expired
begins ms=1000
sent ms=1001 type=1
received ms=1012 out=517 in=127 type=2
received ms=1013 out=517 in=161 type=8
received ms=1013 out=517 in=1071 type=11
left ms=1013 out=517 in=1071
bad ms=1015 out=517 in=1071 kept=1 told=1
received ms=1015 out=517 in=1173 type=15
received ms=1015 out=517 in=1247 type=20
sent ms=1015 out=517 in=1247 type=20
done ms=1015 out=597 in=1247 version=772
own ms=1015 out=597 in=1247 names=1
leaf ms=1015 out=597 in=1247 named=1 suited=1 outdated=1
ends ms=1015 out=597 in=1247
outcome failed own-comparison

story apache-verify-none, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=1072 type=11
left ms=1004 out=517 in=1072
bad ms=1005 out=517 in=1072 kept=1 told=1
received ms=1005 out=517 in=1173 type=15
received ms=1006 out=517 in=1247 type=20
sent ms=1006 out=517 in=1247 type=20
done ms=1011 out=597 in=1247 version=772
own ms=1011 out=597 in=1247 names=1
data-sent ms=1011 out=597 in=1247 bytes=143
received ms=1015 out=745 in=1502 type=4
received ms=1015 out=745 in=1757 type=4
own ms=1103 out=745 in=1875 names=1
data-received ms=1103 out=745 in=1875 bytes=113
own ms=1103 out=745 in=1875 names=1
ends ms=1103 out=745 in=1875
outcome went-on verification

story apache-verify-none, only-1.0, and 2 more
begins ms=1000
sent ms=1001 type=1
received ms=1014 out=517 in=74 type=2
received ms=1014 out=517 in=963 type=11
left ms=1015 out=517 in=963
bad ms=1016 out=517 in=963 kept=1 told=1
received ms=1016 out=517 in=1080 type=12
alert-sent ms=1031 out=524 in=1080 number=80 fatal=1
own ms=1031 out=524 in=1080
exited ms=1031 out=524 in=1080 result=-1
own ms=1032 out=524 in=1080
ends ms=1032 out=524 in=1080
outcome failed handshake

story apache-verify-none, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1029 out=517 in=127 type=2
received ms=1029 out=517 in=161 type=8
received ms=1029 out=517 in=232 type=13
received ms=1029 out=517 in=1143 type=11
left ms=1030 out=517 in=1143
bad ms=1031 out=517 in=1143 kept=1 told=1
received ms=1031 out=517 in=1244 type=15
received ms=1031 out=517 in=1318 type=20
sent ms=1031 out=517 in=1318 type=11
shown ms=1031 out=517 in=1318
sent ms=1031 out=517 in=1318 type=20
done ms=1060 out=627 in=1318 version=772
own ms=1060 out=627 in=1318 names=1
data-sent ms=1060 out=627 in=1318 bytes=143
own ms=1060 out=775 in=1318 names=1
ends ms=1060 out=775 in=1318 met=1 peer=2
outcome failed unanswered

story apache-verify-none, wants-cert-1.2, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=70 type=2
received ms=1001 out=517 in=959 type=11
left ms=1002 out=517 in=959
bad ms=1003 out=517 in=959 kept=1 told=1
received ms=1003 out=517 in=1079 type=12
received ms=1003 out=517 in=1142 type=13
received ms=1003 out=517 in=1151 type=14
sent ms=1003 out=517 in=1151 type=11
shown ms=1003 out=517 in=1151
sent ms=1003 out=517 in=1151 type=16
sent ms=1008 out=517 in=1151 type=20
heard ms=1008 out=622 in=1158
alert-received ms=1008 out=622 in=1158 number=40 fatal=1
own ms=1008 out=622 in=1158
exited ms=1008 out=622 in=1158 result=-1
own ms=1010 out=622 in=1158
closes ms=1010 out=622 in=1158
own ms=1010 out=622 in=1158
ends ms=1010 out=622 in=1158
outcome failed handshake

story apache-verify-none, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1039 out=517 in=127 type=2
received ms=1039 out=517 in=161 type=8
received ms=1039 out=517 in=232 type=13
received ms=1039 out=517 in=1143 type=11
left ms=1040 out=517 in=1143
bad ms=1041 out=517 in=1143 kept=1 told=1
received ms=1041 out=517 in=1244 type=15
received ms=1041 out=517 in=1318 type=20
sent ms=1041 out=517 in=1318 type=11
shown ms=1041 out=517 in=1318
sent ms=1041 out=517 in=1318 type=20
done ms=1051 out=627 in=1318 version=772
own ms=1051 out=627 in=1318 names=1
data-sent ms=1051 out=627 in=1318 bytes=143
alert-received ms=1051 out=775 in=1342 number=116 fatal=1
own ms=1052 out=775 in=1342 names=1
ends ms=1052 out=775 in=1342
outcome failed late-alert

story apache-verify-none, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1079 type=11
left ms=1007 out=517 in=1079
bad ms=1011 out=517 in=1079 kept=1 told=1
received ms=1011 out=517 in=1179 type=15
received ms=1011 out=517 in=1253 type=20
sent ms=1011 out=517 in=1253 type=20
done ms=1038 out=597 in=1253 version=772
own ms=1038 out=597 in=1253 names=1
leaf ms=1038 out=597 in=1253 suited=1
ends ms=1038 out=597 in=1253
outcome failed own-comparison

story axel, close, and 15 more
begins ms=1000
sent ms=1001 type=1
alert-sent ms=1022 out=324 number=50 fatal=1
exited ms=1022 out=324 result=-1
ends ms=1022 out=324 how=2
outcome failed handshake

story axel, expired, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1013 out=317 in=127 type=2
received ms=1014 out=317 in=161 type=8
received ms=1014 out=317 in=1071 type=11
bad ms=1083 out=317 in=1071 kept=1 enforced=1
alert-sent ms=1097 out=324 in=1071 number=45 fatal=1
own ms=1097 out=324 in=1071
exited ms=1097 out=324 in=1071 result=-1 verify=1
own ms=1097 out=324 in=1071
ends ms=1097 out=324 in=1071 how=2
outcome failed verification

story axel, good, and 7 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1071 type=11
good ms=1002 out=317 in=1071
received ms=1002 out=317 in=1172 type=15
received ms=1002 out=317 in=1246 type=20
sent ms=1002 out=317 in=1246 type=20
done ms=1002 out=397 in=1246 version=772
asked ms=1002 out=397 in=1246 good=1
alert-sent ms=1047 out=585 in=1874
ends ms=1047 out=585 in=1874
outcome worked -

story axel, only-1.0, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=317 in=74 type=2
received ms=1000 out=317 in=962 type=11
good ms=1001 out=317 in=962
received ms=1001 out=317 in=1080 type=12
alert-sent ms=1001 out=324 in=1080 number=80 fatal=1
own ms=1001 out=324 in=1080
exited ms=1001 out=324 in=1080 result=-1
own ms=1002 out=324 in=1080
ends ms=1002 out=324 in=1080 how=2
outcome failed handshake

story axel, plain, and 15 more
begins ms=1000
sent ms=1000 type=1
heard ms=1001 out=317 in=5
exited ms=1001 out=317 in=5 result=-1
ends ms=1002 out=317 in=5 how=2
outcome failed handshake

story axel, private-ca, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=317 in=127 type=2
received ms=1009 out=317 in=161 type=8
received ms=1009 out=317 in=1071 type=11
bad ms=1075 out=317 in=1071 kept=1 enforced=1
alert-sent ms=1079 out=324 in=1071 number=48 fatal=1
own ms=1079 out=324 in=1071
exited ms=1079 out=324 in=1071 result=-1 verify=1
own ms=1087 out=324 in=1071
ends ms=1087 out=324 in=1071 how=2
outcome failed verification

story axel, wants-cert-1.2, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1016 out=317 in=70 type=2
received ms=1016 out=317 in=958 type=11
good ms=1017 out=317 in=958
received ms=1017 out=317 in=1079 type=12
received ms=1017 out=317 in=1142 type=13
received ms=1017 out=317 in=1151 type=14
sent ms=1017 out=317 in=1151 type=11
shown ms=1017 out=317 in=1151
sent ms=1017 out=317 in=1151 type=16
sent ms=1017 out=317 in=1151 type=20
heard ms=1021 out=422 in=1158
alert-received ms=1021 out=422 in=1158 number=40 fatal=1
own ms=1021 out=422 in=1158
exited ms=1021 out=422 in=1158 result=-1
own ms=1029 out=422 in=1158
ends ms=1029 out=422 in=1158 how=2
outcome failed handshake

story axel, wants-cert-1.3, and 9 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1142 type=11
good ms=1002 out=317 in=1142
received ms=1002 out=317 in=1244 type=15
received ms=1002 out=317 in=1318 type=20
sent ms=1002 out=317 in=1318 type=11
shown ms=1002 out=317 in=1318
sent ms=1002 out=317 in=1318 type=20
done ms=1002 out=427 in=1318 version=772
asked ms=1002 out=427 in=1318 good=1
data-sent ms=1002 out=427 in=1318 bytes=159
alert-received ms=1002 out=591 in=1342 number=116 fatal=1
closes ms=1003 out=591 in=1342
ends ms=1003 out=591 in=1342
outcome failed late-alert

story axel, wrong-name, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=317 in=127 type=2
received ms=1009 out=317 in=161 type=8
received ms=1009 out=317 in=1080 type=11
good ms=1010 out=317 in=1080
unnamed ms=1073 out=317 in=1080
received ms=1073 out=317 in=1181 type=15
received ms=1074 out=317 in=1255 type=20
sent ms=1074 out=317 in=1255 type=20
done ms=1081 out=397 in=1255 version=772
asked ms=1081 out=397 in=1255 good=1
own ms=1081 out=397 in=1255 names=1
ends ms=1081 out=397 in=1255 how=2
outcome failed name

story check_http, expired, and 7 more
begins ms=1000
sent ms=1000 type=1
received ms=1005 out=293 in=127 type=2
received ms=1005 out=293 in=161 type=8
received ms=1005 out=293 in=1071 type=11
left ms=1005 out=293 in=1071
bad ms=1006 out=293 in=1071 kept=1
received ms=1006 out=293 in=1173 type=15
received ms=1006 out=293 in=1247 type=20
sent ms=1006 out=293 in=1247 type=20
done ms=1010 out=373 in=1247 version=772
own ms=1010 out=373 in=1247
data-sent ms=1010 out=373 in=1247 bytes=137
received ms=1011 out=515 in=1502 type=4
received ms=1011 out=515 in=1757 type=4
own ms=1052 out=515 in=1875
data-received ms=1052 out=515 in=1875 bytes=113
alert-received ms=1052 out=515 in=1899
own ms=1052 out=515 in=1899
ends ms=1052 out=515 in=1899
outcome went-on verification

story check_http, only-1.0, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=293 in=102 type=2
received ms=1001 out=293 in=990 type=11
left ms=1001 out=293 in=990
bad ms=1002 out=293 in=990 kept=1
received ms=1002 out=293 in=1109 type=12
alert-sent ms=1002 out=300 in=1109 number=80 fatal=1
own ms=1002 out=300 in=1109
exited ms=1002 out=300 in=1109 result=-1
own ms=1003 out=300 in=1109
ends ms=1003 out=300 in=1109 how=2
outcome failed handshake

story check_http, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=293 in=127 type=2
received ms=1001 out=293 in=161 type=8
received ms=1001 out=293 in=232 type=13
received ms=1001 out=293 in=1142 type=11
left ms=1001 out=293 in=1142
bad ms=1002 out=293 in=1142 kept=1
received ms=1002 out=293 in=1244 type=15
received ms=1002 out=293 in=1318 type=20
sent ms=1002 out=293 in=1318 type=11
shown ms=1002 out=293 in=1318
sent ms=1002 out=293 in=1318 type=20
done ms=1002 out=403 in=1318 version=772
own ms=1002 out=403 in=1318
data-sent ms=1002 out=403 in=1318 bytes=137
own ms=1002 out=545 in=1318
ends ms=1002 out=545 in=1318 how=2 met=1 peer=2
outcome failed unanswered

story check_http, wants-cert-1.2, and 2 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=293 in=98 type=2
received ms=1001 out=293 in=986 type=11
left ms=1001 out=293 in=986
bad ms=1002 out=293 in=986 kept=1
received ms=1002 out=293 in=1105 type=12
received ms=1002 out=293 in=1168 type=13
received ms=1002 out=293 in=1177 type=14
sent ms=1002 out=293 in=1177 type=11
shown ms=1002 out=293 in=1177
sent ms=1002 out=293 in=1177 type=16
sent ms=1002 out=293 in=1177 type=20
heard ms=1003 out=398 in=1184
alert-received ms=1003 out=398 in=1184 number=40 fatal=1
own ms=1003 out=398 in=1184
exited ms=1003 out=398 in=1184 result=-1
own ms=1003 out=398 in=1184
ends ms=1003 out=398 in=1184 how=2
outcome failed handshake

story check_http, wants-cert-1.3, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=293 in=127 type=2
received ms=1001 out=293 in=161 type=8
received ms=1001 out=293 in=232 type=13
received ms=1001 out=293 in=1142 type=11
left ms=1001 out=293 in=1142
bad ms=1002 out=293 in=1142 kept=1
received ms=1002 out=293 in=1244 type=15
received ms=1002 out=293 in=1318 type=20
sent ms=1002 out=293 in=1318 type=11
shown ms=1002 out=293 in=1318
sent ms=1002 out=293 in=1318 type=20
done ms=1002 out=403 in=1318 version=772
own ms=1002 out=403 in=1318
data-sent ms=1002 out=403 in=1318 bytes=137
alert-received ms=1002 out=545 in=1342 number=116 fatal=1
own ms=1002 out=545 in=1342
ends ms=1002 out=545 in=1342 how=2
outcome failed late-alert

story check_imap, expired, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1015 out=293 in=127 type=2
received ms=1015 out=293 in=161 type=8
received ms=1015 out=293 in=1071 type=11
left ms=1015 out=293 in=1071
bad ms=1016 out=293 in=1071 kept=1
received ms=1017 out=293 in=1173 type=15
received ms=1017 out=293 in=1247 type=20
sent ms=1017 out=293 in=1247 type=20
done ms=1030 out=373 in=1247 version=772
received ms=1030 out=373 in=1502 type=4
received ms=1070 out=373 in=1757 type=4
own ms=1070 out=373 in=1829
data-received ms=1070 out=373 in=1829 bytes=67
own ms=1070 out=373 in=1829
data-sent ms=1070 out=373 in=1829 bytes=28
own ms=1070 out=406 in=1829
ends ms=1070 out=406 in=1829
outcome went-on verification

story check_imap, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1008 out=293 in=127 type=2
received ms=1008 out=293 in=161 type=8
received ms=1008 out=293 in=232 type=13
received ms=1008 out=293 in=1142 type=11
left ms=1009 out=293 in=1142
bad ms=1010 out=293 in=1142 kept=1
received ms=1010 out=293 in=1243 type=15
received ms=1010 out=293 in=1317 type=20
sent ms=1010 out=293 in=1317 type=11
shown ms=1010 out=293 in=1317
sent ms=1010 out=293 in=1317 type=20
done ms=1039 out=403 in=1317 version=772
own ms=1039 out=403 in=1317
ends ms=1039 out=403 in=1317 how=2 met=1 peer=2
outcome failed unanswered

story check_imap, wants-cert-1.3
begins ms=1000
sent ms=1002 type=1
received ms=1002 out=293 in=127 type=2
received ms=1002 out=293 in=161 type=8
received ms=1002 out=293 in=232 type=13
received ms=1002 out=293 in=1142 type=11
left ms=1003 out=293 in=1142
bad ms=1004 out=293 in=1142 kept=1
received ms=1004 out=293 in=1242 type=15
received ms=1004 out=293 in=1316 type=20
sent ms=1004 out=293 in=1316 type=11
shown ms=1004 out=293 in=1316
sent ms=1004 out=293 in=1316 type=20
done ms=1016 out=403 in=1316 version=772
alert-received ms=1016 out=403 in=1340 number=116 fatal=1
own ms=1016 out=403 in=1340
ends ms=1016 out=403 in=1340 how=2
outcome failed late-alert

story check_nrpe, expired, and 10 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
left ms=1002 out=517 in=1071
bad ms=1002 out=517 in=1071 kept=1
received ms=1002 out=517 in=1172 type=15
received ms=1002 out=517 in=1246 type=20
sent ms=1002 out=517 in=1246 type=20
done ms=1011 out=597 in=1246 version=772
own ms=1011 out=597 in=1246
data-sent ms=1011 out=597 in=1246 bytes=1053
received ms=1011 out=1655 in=1501 type=4
received ms=1011 out=1655 in=1756 type=4
own ms=1100 out=1655 in=2814
data-received ms=1100 out=1655 in=2814 bytes=1053
alert-sent ms=1100 out=1679 in=2814
own ms=1100 out=1679 in=2814
ends ms=1100 out=1679 in=2814
outcome went-on verification

story check_nrpe, expired, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1024 out=517 in=127 type=2
received ms=1025 out=517 in=161 type=8
received ms=1025 out=517 in=1071 type=11
left ms=1025 out=517 in=1071
bad ms=1025 out=517 in=1071
received ms=1025 out=517 in=1172 type=15
received ms=1025 out=517 in=1246 type=20
sent ms=1025 out=517 in=1246 type=20
done ms=1025 out=597 in=1246 version=772
own ms=1025 out=597 in=1246
data-sent ms=1025 out=597 in=1246 bytes=1053
received ms=1025 out=1655 in=1501 type=4
received ms=1026 out=1655 in=1756 type=4
own ms=1070 out=1655 in=2814
data-received ms=1070 out=1655 in=2814 bytes=1053
alert-sent ms=1072 out=1679 in=2814
own ms=1072 out=1679 in=2814
ends ms=1072 out=1679 in=2814
outcome worked -

story check_nrpe, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
left ms=1002 out=517 in=1143
bad ms=1002 out=517 in=1143
received ms=1002 out=517 in=1245 type=15
received ms=1002 out=517 in=1319 type=20
sent ms=1002 out=517 in=1319 type=11
shown ms=1002 out=517 in=1319
sent ms=1002 out=517 in=1319 type=20
done ms=1002 out=627 in=1319 version=772
own ms=1002 out=627 in=1319
data-sent ms=1002 out=627 in=1319 bytes=1053
alert-received ms=1002 out=1685 in=1343 number=116 fatal=1
own ms=1002 out=1685 in=1343
closes ms=1002 out=1685 in=1343
own ms=1002 out=1685 in=1343
ends ms=1002 out=1685 in=1343
outcome failed late-alert

story check_smtp, expired, and 7 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=293 in=127 type=2
received ms=1001 out=293 in=161 type=8
received ms=1001 out=293 in=1071 type=11
left ms=1002 out=293 in=1071
bad ms=1002 out=293 in=1071 kept=1
received ms=1002 out=293 in=1171 type=15
received ms=1002 out=293 in=1245 type=20
sent ms=1003 out=293 in=1245 type=20
done ms=1003 out=373 in=1245 version=772
own ms=1003 out=373 in=1245
data-sent ms=1003 out=373 in=1245 bytes=26
received ms=1003 out=404 in=1500 type=4
received ms=1003 out=404 in=1755 type=4
own ms=1054 out=404 in=1832
data-received ms=1054 out=404 in=1832 bytes=72
own ms=1060 out=432 in=1863
ends ms=1060 out=432 in=1863 how=2
outcome went-on verification

story check_smtp, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=293 in=127 type=2
received ms=1010 out=293 in=161 type=8
received ms=1010 out=293 in=232 type=13
received ms=1010 out=293 in=1142 type=11
left ms=1011 out=293 in=1142
bad ms=1011 out=293 in=1142 kept=1
received ms=1011 out=293 in=1243 type=15
received ms=1011 out=293 in=1317 type=20
sent ms=1011 out=293 in=1317 type=11
shown ms=1011 out=293 in=1317
sent ms=1011 out=293 in=1317 type=20
done ms=1012 out=403 in=1317 version=772
own ms=1012 out=403 in=1317
data-sent ms=1012 out=403 in=1317 bytes=26
own ms=1012 out=434 in=1317
closes ms=1012 out=434 in=1317 met=1 peer=1
own ms=1012 out=434 in=1317
ends ms=1012 out=434 in=1317
outcome failed unanswered

story check_tcp, expired, and 17 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=293 in=127 type=2
received ms=1001 out=293 in=161 type=8
received ms=1001 out=293 in=1071 type=11
left ms=1001 out=293 in=1071
bad ms=1002 out=293 in=1071 kept=1
received ms=1002 out=293 in=1172 type=15
received ms=1002 out=293 in=1246 type=20
sent ms=1002 out=293 in=1246 type=20
done ms=1031 out=373 in=1246 version=772
own ms=1031 out=373 in=1246
data-sent ms=1031 out=373 in=1246 bytes=19
received ms=1031 out=397 in=1501 type=4
received ms=1031 out=397 in=1756 type=4
own ms=1031 out=397 in=1791
data-received ms=1031 out=397 in=1791 bytes=30
own ms=1031 out=397 in=1791
ends ms=1031 out=397 in=1791
outcome went-on verification

story curl, expired, and 31 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1071 type=11
bad ms=1014 out=517 in=1071 kept=1 enforced=1
alert-sent ms=1014 out=524 in=1071 number=45 fatal=1
own ms=1014 out=524 in=1071
exited ms=1014 out=524 in=1071 result=-1 verify=1
own ms=1015 out=524 in=1071
ends ms=1015 out=524 in=1071
outcome failed verification

story curl, good, and 5 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=1071 type=11
good ms=1004 out=517 in=1071
received ms=1004 out=517 in=1172 type=15
received ms=1004 out=517 in=1246 type=20
sent ms=1004 out=517 in=1246 type=20
done ms=1004 out=597 in=1246 version=772
asked ms=1004 out=597 in=1246 good=1
alert-received ms=1051 out=700 in=1898
alert-sent ms=1051 out=724 in=1898
ends ms=1051 out=724 in=1898
outcome worked -

story curl, private-ca, and 30 more
begins ms=1000
sent ms=1001 type=1
received ms=1021 out=517 in=127 type=2
received ms=1021 out=517 in=161 type=8
received ms=1021 out=517 in=1071 type=11
bad ms=1033 out=517 in=1071 kept=1 enforced=1
alert-sent ms=1034 out=524 in=1071 number=48 fatal=1
own ms=1034 out=524 in=1071
exited ms=1034 out=524 in=1071 result=-1 verify=1
own ms=1034 out=524 in=1071
ends ms=1034 out=524 in=1071
outcome failed verification

story curl, reset-cert-1.3, and 6 more
begins ms=1000
sent ms=1000 type=1
received ms=1007 out=517 in=127 type=2
received ms=1007 out=517 in=161 type=8
received ms=1007 out=517 in=232 type=13
received ms=1007 out=517 in=1142 type=11
good ms=1008 out=517 in=1142
received ms=1008 out=517 in=1243 type=15
received ms=1008 out=517 in=1317 type=20
sent ms=1008 out=517 in=1317 type=11
shown ms=1008 out=517 in=1317
sent ms=1008 out=517 in=1317 type=20
done ms=1008 out=627 in=1317 version=772
asked ms=1008 out=627 in=1317 good=1
data-sent ms=1008 out=627 in=1317 bytes=98
closes ms=1008 out=730 in=1317 met=1 peer=1
ends ms=1008 out=730 in=1317
outcome failed unanswered

story curl, wrong-name, and 9 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1080 type=11
good ms=1003 out=517 in=1080
unnamed ms=1013 out=517 in=1080
received ms=1013 out=517 in=1182 type=15
received ms=1013 out=517 in=1256 type=20
sent ms=1013 out=517 in=1256 type=20
done ms=1013 out=597 in=1256 version=772
received ms=1013 out=597 in=1511 type=4
alert-sent ms=1014 out=621 in=1511
own ms=1014 out=621 in=1511 names=1
ends ms=1014 out=621 in=1511
outcome failed name

story curl-ftps, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1005 out=517 in=127 type=2
received ms=1005 out=517 in=161 type=8
received ms=1006 out=517 in=232 type=13
received ms=1006 out=517 in=1143 type=11
good ms=1006 out=517 in=1143
received ms=1007 out=517 in=1245 type=15
received ms=1007 out=517 in=1319 type=20
sent ms=1007 out=517 in=1319 type=11
shown ms=1007 out=517 in=1319
sent ms=1007 out=517 in=1319 type=20
done ms=1009 out=627 in=1319 version=772
asked ms=1009 out=627 in=1319 good=1
closes ms=1009 out=627 in=1319 met=1 peer=1
ends ms=1009 out=627 in=1319
outcome failed unanswered

story curl-ftps, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=232 type=13
received ms=1002 out=517 in=1143 type=11
good ms=1002 out=517 in=1143
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1011 out=627 in=1317 version=772
asked ms=1011 out=627 in=1317 good=1
alert-received ms=1011 out=627 in=1341 number=116 fatal=1
closes ms=1011 out=627 in=1341
ends ms=1011 out=627 in=1341
outcome failed late-alert

story curl-ftps, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1079 type=11
good ms=1007 out=517 in=1079
unnamed ms=1049 out=517 in=1079
received ms=1049 out=517 in=1179 type=15
received ms=1049 out=517 in=1253 type=20
sent ms=1049 out=517 in=1253 type=20
done ms=1058 out=597 in=1253 version=772
received ms=1058 out=597 in=1508 type=4
received ms=1058 out=597 in=1763 type=4
own ms=1058 out=597 in=1799 names=1
data-received ms=1058 out=597 in=1799 bytes=31
alert-sent ms=1058 out=621 in=1799
own ms=1058 out=621 in=1799 names=1
ends ms=1058 out=621 in=1799
outcome failed name

story curl-insecure, expired, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=1071 type=11
left ms=1003 out=517 in=1071
bad ms=1004 out=517 in=1071 kept=1
received ms=1004 out=517 in=1173 type=15
received ms=1004 out=517 in=1247 type=20
sent ms=1005 out=517 in=1247 type=20
done ms=1005 out=597 in=1247 version=772
asked ms=1005 out=597 in=1247
own ms=1005 out=597 in=1247
data-sent ms=1005 out=597 in=1247 bytes=98
received ms=1007 out=700 in=1502 type=4
received ms=1051 out=700 in=1757 type=4
own ms=1051 out=700 in=1875
data-received ms=1051 out=700 in=1875 bytes=113
alert-received ms=1051 out=700 in=1899
alert-sent ms=1051 out=724 in=1899
own ms=1051 out=724 in=1899
ends ms=1051 out=724 in=1899
outcome went-on verification

story curl-insecure, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=232 type=13
received ms=1004 out=517 in=1142 type=11
left ms=1004 out=517 in=1142
bad ms=1005 out=517 in=1142 kept=1
received ms=1005 out=517 in=1243 type=15
received ms=1005 out=517 in=1317 type=20
sent ms=1005 out=517 in=1317 type=11
shown ms=1005 out=517 in=1317
sent ms=1005 out=517 in=1317 type=20
done ms=1006 out=627 in=1317 version=772
asked ms=1006 out=627 in=1317
own ms=1006 out=627 in=1317
data-sent ms=1006 out=627 in=1317 bytes=98
own ms=1006 out=730 in=1317
closes ms=1006 out=730 in=1317 met=1 peer=1
own ms=1006 out=730 in=1317
ends ms=1006 out=730 in=1317
outcome failed unanswered

story curl-insecure, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1002 out=517 in=1142
bad ms=1002 out=517 in=1142 kept=1
received ms=1002 out=517 in=1243 type=15
received ms=1003 out=517 in=1317 type=20
sent ms=1003 out=517 in=1317 type=11
shown ms=1003 out=517 in=1317
sent ms=1003 out=517 in=1317 type=20
done ms=1003 out=627 in=1317 version=772
asked ms=1003 out=627 in=1317
own ms=1003 out=627 in=1317
data-sent ms=1003 out=627 in=1317 bytes=98
alert-received ms=1003 out=730 in=1341 number=116 fatal=1
own ms=1003 out=730 in=1341
closes ms=1003 out=730 in=1341
own ms=1003 out=730 in=1341
ends ms=1003 out=730 in=1341
outcome failed late-alert

story dig, good
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1004 out=303 in=127 type=2
received ms=1004 out=303 in=161 type=8
received ms=1004 out=303 in=1072 type=11
good ms=1004 out=303 in=1072
received ms=1004 out=303 in=1173 type=15
received ms=1004 out=303 in=1247 type=20
sent ms=1005 out=303 in=1247 type=20
done ms=1005 out=303 in=1247 version=772
ends ms=1051 out=460 in=1834 waits=1
outcome worked -

story dig, only-1.0
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1009 out=303 in=7
alert-received ms=1009 out=303 in=7 number=70 fatal=1
exited ms=1009 out=303 in=7 result=-1
ends ms=1010 out=303 in=7
outcome failed handshake

story dig, wants-cert-1.3
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=303 in=127 type=2
received ms=1001 out=303 in=161 type=8
received ms=1001 out=303 in=232 type=13
received ms=1001 out=303 in=1143 type=11
good ms=1002 out=303 in=1143
received ms=1002 out=303 in=1243 type=15
received ms=1002 out=303 in=1317 type=20
sent ms=1002 out=303 in=1317 type=11
shown ms=1002 out=303 in=1317
sent ms=1002 out=303 in=1317 type=20
done ms=1002 out=303 in=1317 version=772
alert-received ms=1002 out=413 in=1341 number=116 fatal=1
ends ms=9002 out=413 in=1341
outcome failed late-alert

story dotnet, expired, and 1 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1018 out=288 in=127 type=2
received ms=1019 out=288 in=161 type=8
received ms=1019 out=288 in=1071 type=11
left ms=1019 out=288 in=1071
bad ms=1019 out=288 in=1071
received ms=1019 out=288 in=1171 type=15
received ms=1019 out=288 in=1245 type=20
sent ms=1024 out=288 in=1245 type=20
done ms=1024 out=288 in=1245 version=772
own ms=1442 out=368 in=1245 failed=1 always=1 names=3
ends ms=1442 out=368 in=1245
outcome failed own-verification

story dotnet, good
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1007 out=288 in=127 type=2
received ms=1007 out=288 in=161 type=8
received ms=1007 out=288 in=1072 type=11
left ms=1008 out=288 in=1072
bad ms=1008 out=288 in=1072
received ms=1008 out=288 in=1174 type=15
received ms=1008 out=288 in=1248 type=20
sent ms=1008 out=288 in=1248 type=20
done ms=1008 out=288 in=1248 version=772
own ms=1086 out=368 in=1248 good=1 always=1 names=3
data-sent ms=1086 out=368 in=1248 bytes=60
received ms=1087 out=433 in=1503 type=4
received ms=1087 out=433 in=1758 type=4
own ms=1087 out=433 in=1876 good=1 always=1 names=3
data-received ms=1087 out=433 in=1876 bytes=113
own ms=1095 out=433 in=1876 good=1 always=1 names=3
leaf ms=1095 out=433 in=1876 named=1 suited=1
ends ms=1095 out=433 in=1876
outcome worked -

story dotnet, only-1.0
begins ms=1000 memory=1
sent ms=1000 type=1
heard ms=1026 out=288 in=7
alert-received ms=1026 out=288 in=7 number=40 fatal=1
exited ms=1026 out=288 in=7 result=-1
ends ms=1042 out=288 in=7
outcome failed handshake

story dotnet, reset-cert-1.3
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1002 out=288 in=127 type=2
received ms=1002 out=288 in=161 type=8
received ms=1002 out=288 in=232 type=13
received ms=1002 out=288 in=1143 type=11
left ms=1003 out=288 in=1143
bad ms=1003 out=288 in=1143
received ms=1003 out=288 in=1244 type=15
received ms=1003 out=288 in=1318 type=20
sent ms=1003 out=288 in=1318 type=11
shown ms=1003 out=288 in=1318
sent ms=1003 out=288 in=1318 type=20
done ms=1003 out=288 in=1318 version=772
own ms=1519 out=398 in=1318 good=1 always=1 names=3
data-sent ms=1519 out=398 in=1318 bytes=60
own ms=1580 out=463 in=1318 good=1 always=1 names=3
leaf ms=1580 out=463 in=1318 named=1 suited=1
closes ms=1580 out=463 in=1318 met=1 peer=2
own ms=1581 out=463 in=1318 good=1 always=1 names=3
ends ms=1581 out=463 in=1318
outcome failed unanswered

story dotnet, wants-cert-1.2
begins ms=1000 memory=1
sent ms=1013 type=1
received ms=1020 out=288 in=70 type=2
received ms=1020 out=288 in=959 type=11
left ms=1025 out=288 in=959
bad ms=1026 out=288 in=959
received ms=1026 out=288 in=1079 type=12
received ms=1026 out=288 in=1142 type=13
received ms=1026 out=288 in=1151 type=14
sent ms=1026 out=288 in=1151 type=11
shown ms=1026 out=288 in=1151
sent ms=1026 out=288 in=1151 type=16
sent ms=1026 out=288 in=1151 type=20
heard ms=1055 out=393 in=1158
alert-received ms=1055 out=393 in=1158 number=40 fatal=1
own ms=1055 out=393 in=1158
exited ms=1055 out=393 in=1158 result=-1
own ms=1071 out=393 in=1158
ends ms=1071 out=393 in=1158
outcome failed handshake

story dotnet, wants-cert-1.3
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1003 out=288 in=127 type=2
received ms=1003 out=288 in=161 type=8
received ms=1003 out=288 in=232 type=13
received ms=1003 out=288 in=1143 type=11
left ms=1004 out=288 in=1143
bad ms=1004 out=288 in=1143
received ms=1004 out=288 in=1245 type=15
received ms=1004 out=288 in=1319 type=20
sent ms=1005 out=288 in=1319 type=11
shown ms=1005 out=288 in=1319
sent ms=1005 out=288 in=1319 type=20
done ms=1005 out=288 in=1319 version=772
own ms=1422 out=398 in=1319 good=1 always=1 names=3
data-sent ms=1422 out=398 in=1319 bytes=60
alert-received ms=1422 out=463 in=1343 number=116 fatal=1
own ms=1430 out=463 in=1343 good=1 always=1 names=3
closes ms=1430 out=463 in=1343
own ms=1430 out=463 in=1343 good=1 always=1 names=3
ends ms=1430 out=463 in=1343
outcome failed late-alert

story dotnet, wrong-name
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1030 out=288 in=127 type=2
received ms=1031 out=288 in=161 type=8
received ms=1031 out=288 in=1079 type=11
left ms=1031 out=288 in=1079
bad ms=1031 out=288 in=1079
received ms=1031 out=288 in=1180 type=15
received ms=1031 out=288 in=1254 type=20
sent ms=1032 out=288 in=1254 type=20
done ms=1032 out=288 in=1254 version=772
own ms=1299 out=368 in=1254 good=1 always=1 names=2
leaf ms=1299 out=368 in=1254 suited=1
ends ms=1299 out=368 in=1254
outcome failed own-comparison

story fetchmail, good, and 12 more
begins ms=1000
sent ms=1001 type=1
received ms=1010 out=517 in=127 type=2
received ms=1010 out=517 in=161 type=8
received ms=1010 out=517 in=1071 type=11
good ms=1011 out=517 in=1071
received ms=1011 out=517 in=1172 type=15
received ms=1011 out=517 in=1246 type=20
sent ms=1011 out=517 in=1246 type=20
done ms=1011 out=597 in=1246 version=772
alert-sent ms=1118 out=785 in=2114
ends ms=1118 out=785 in=2114
outcome worked -

story fetchmail, reset-cert-1.3, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1014 out=517 in=127 type=2
received ms=1014 out=517 in=161 type=8
received ms=1014 out=517 in=232 type=13
received ms=1014 out=517 in=1142 type=11
good ms=1015 out=517 in=1142
received ms=1015 out=517 in=1243 type=15
received ms=1015 out=517 in=1317 type=20
sent ms=1015 out=517 in=1317 type=11
shown ms=1015 out=517 in=1317
sent ms=1015 out=517 in=1317 type=20
done ms=1015 out=627 in=1317 version=772
data-sent ms=1015 out=627 in=1317 bytes=35
closes ms=1039 out=667 in=1317 met=1 peer=2
ends ms=1039 out=667 in=1317
outcome failed unanswered

story fetchmail, wants-cert-1.2, and 37 more
begins ms=1000
sent ms=1000 type=1
received ms=1015 out=517 in=70 type=2
received ms=1015 out=517 in=958 type=11
good ms=1016 out=517 in=958
received ms=1016 out=517 in=1078 type=12
received ms=1016 out=517 in=1141 type=13
received ms=1016 out=517 in=1150 type=14
sent ms=1016 out=517 in=1150 type=11
shown ms=1016 out=517 in=1150
sent ms=1016 out=517 in=1150 type=16
sent ms=1016 out=517 in=1150 type=20
heard ms=1026 out=622 in=1157
alert-received ms=1026 out=622 in=1157 number=40 fatal=1
own ms=1026 out=622 in=1157
exited ms=1026 out=622 in=1157 result=-1
own ms=1028 out=622 in=1157
ends ms=1028 out=622 in=1157
outcome failed handshake

story fetchmail, wants-cert-1.3, and 7 more
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=517 in=127 type=2
received ms=1010 out=517 in=161 type=8
received ms=1010 out=517 in=232 type=13
received ms=1010 out=517 in=1142 type=11
good ms=1012 out=517 in=1142
received ms=1012 out=517 in=1243 type=15
received ms=1012 out=517 in=1317 type=20
sent ms=1012 out=517 in=1317 type=11
shown ms=1012 out=517 in=1317
sent ms=1012 out=517 in=1317 type=20
done ms=1022 out=627 in=1317 version=772
data-sent ms=1022 out=627 in=1317 bytes=35
alert-received ms=1030 out=667 in=1341 number=116 fatal=1
closes ms=1030 out=667 in=1341
ends ms=1030 out=667 in=1341
outcome failed late-alert

story fetchmail, wrong-name, and 1 more
begins ms=1000
sent ms=1022 type=1
received ms=1023 out=517 in=127 type=2
received ms=1023 out=517 in=161 type=8
received ms=1023 out=517 in=1080 type=11
bad ms=1025 out=517 in=1080 kept=1 enforced=1 told=1
alert-sent ms=1027 out=524 in=1080 number=42 fatal=1
own ms=1027 out=524 in=1080
exited ms=1027 out=524 in=1080 result=-1 verify=1
own ms=1029 out=524 in=1080
ends ms=1029 out=524 in=1080
outcome failed verification

story ftp-ssl, expired, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=1071 type=11
bad ms=1116 out=517 in=1071 kept=1 enforced=1 told=1
alert-sent ms=1136 out=524 in=1071 number=45 fatal=1
own ms=1136 out=524 in=1071
exited ms=1136 out=524 in=1071 result=-1 verify=1
own ms=1137 out=524 in=1071
ends ms=1137 out=524 in=1071 how=2
outcome failed verification

story ftp-ssl, good
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
good ms=1002 out=517 in=1071
nameless ms=1002 out=517 in=1071
received ms=1002 out=517 in=1172 type=15
received ms=1002 out=517 in=1246 type=20
sent ms=1002 out=517 in=1246 type=20
done ms=1007 out=597 in=1246 version=772
data-sent ms=1007 out=597 in=1246 bytes=25
received ms=1007 out=627 in=1501 type=4
received ms=1007 out=627 in=1756 type=4
data-received ms=1059 out=627 in=1788 bytes=27
ends ms=1063 out=773 in=1960
outcome worked -

story ftp-ssl, only-1.0, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=74 type=2
received ms=1001 out=517 in=962 type=11
good ms=1001 out=517 in=962
nameless ms=1001 out=517 in=962
received ms=1001 out=517 in=1080 type=12
alert-sent ms=1001 out=524 in=1080 number=80 fatal=1
own ms=1001 out=524 in=1080
exited ms=1001 out=524 in=1080 result=-1
own ms=1004 out=524 in=1080
ends ms=1004 out=524 in=1080 how=2
outcome failed handshake

story ftp-ssl, private-ca, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
bad ms=1023 out=517 in=1071 kept=1 enforced=1 told=1
alert-sent ms=1032 out=524 in=1071 number=48 fatal=1
own ms=1032 out=524 in=1071
exited ms=1032 out=524 in=1071 result=-1 verify=1
own ms=1032 out=524 in=1071
ends ms=1032 out=524 in=1071 how=2
outcome failed verification

story ftp-ssl, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1008 out=517 in=127 type=2
received ms=1008 out=517 in=161 type=8
received ms=1008 out=517 in=232 type=13
received ms=1008 out=517 in=1142 type=11
good ms=1009 out=517 in=1142
nameless ms=1009 out=517 in=1142
received ms=1009 out=517 in=1243 type=15
received ms=1009 out=517 in=1317 type=20
sent ms=1009 out=517 in=1317 type=11
shown ms=1009 out=517 in=1317
sent ms=1009 out=517 in=1317 type=20
done ms=1009 out=627 in=1317 version=772
data-sent ms=1009 out=627 in=1317 bytes=25
ends ms=1164 out=657 in=1317 how=2 met=1 peer=1
outcome failed unanswered

story ftp-ssl, wants-cert-1.2, and 3 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=70 type=2
received ms=1001 out=517 in=958 type=11
good ms=1002 out=517 in=958
nameless ms=1002 out=517 in=958
received ms=1002 out=517 in=1079 type=12
received ms=1002 out=517 in=1142 type=13
received ms=1002 out=517 in=1151 type=14
sent ms=1002 out=517 in=1151 type=11
shown ms=1002 out=517 in=1151
sent ms=1002 out=517 in=1151 type=16
sent ms=1002 out=517 in=1151 type=20
heard ms=1004 out=622 in=1158
alert-received ms=1004 out=622 in=1158 number=40 fatal=1
own ms=1004 out=622 in=1158
exited ms=1004 out=622 in=1158 result=-1
own ms=1004 out=622 in=1158
ends ms=1004 out=622 in=1158 how=2
outcome failed handshake

story ftp-ssl, wants-cert-1.3, and 2 more
begins ms=1000
sent ms=1001 type=1
received ms=1003 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=232 type=13
received ms=1003 out=517 in=1142 type=11
good ms=1004 out=517 in=1142
nameless ms=1004 out=517 in=1142
received ms=1004 out=517 in=1244 type=15
received ms=1004 out=517 in=1318 type=20
sent ms=1004 out=517 in=1318 type=11
shown ms=1004 out=517 in=1318
sent ms=1004 out=517 in=1318 type=20
done ms=1004 out=627 in=1318 version=772
data-sent ms=1004 out=627 in=1318 bytes=25
alert-received ms=1004 out=657 in=1342 number=116 fatal=1
ends ms=1147 out=657 in=1342 how=2
outcome failed late-alert

story ftp-ssl, wrong-name
begins ms=1000
sent ms=1001 type=1
received ms=1005 out=517 in=127 type=2
received ms=1005 out=517 in=161 type=8
received ms=1005 out=517 in=1080 type=11
good ms=1006 out=517 in=1080
nameless ms=1006 out=517 in=1080
received ms=1006 out=517 in=1181 type=15
received ms=1006 out=517 in=1255 type=20
sent ms=1006 out=517 in=1255 type=20
done ms=1025 out=597 in=1255 version=772
unnamed ms=1025 out=597 in=1255
data-sent ms=1025 out=597 in=1255 bytes=25
received ms=1025 out=627 in=1510 type=4
received ms=1025 out=627 in=1765 type=4
data-received ms=1081 out=627 in=1797 bytes=27
ends ms=1082 out=773 in=1969
outcome went-on name

story ftplib, wrong-name, and 14 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1079 type=11
bad ms=1107 out=517 in=1079 kept=1 enforced=1
alert-sent ms=1120 out=524 in=1079 number=42 fatal=1
own ms=1120 out=524 in=1079
exited ms=1120 out=524 in=1079 result=-1 verify=1
own ms=1120 out=524 in=1079
ends ms=1120 out=524 in=1079
outcome failed verification

story h2load, only-1.0, and 1 more
begins ms=1000
sent ms=1001 type=1
heard ms=1001 out=517 in=7
alert-received ms=1001 out=517 in=7 number=40 fatal=1
exited ms=1001 out=517 in=7 result=-1
ends ms=1001 out=517 in=7
outcome failed handshake

story h2load, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=170 type=8
received ms=1001 out=517 in=241 type=13
received ms=1001 out=517 in=1151 type=11
left ms=1002 out=517 in=1151
bad ms=1002 out=517 in=1151 kept=1
received ms=1002 out=517 in=1252 type=15
received ms=1002 out=517 in=1326 type=20
sent ms=1003 out=517 in=1326 type=11
shown ms=1003 out=517 in=1326
sent ms=1003 out=517 in=1326 type=20
done ms=1003 out=627 in=1326 version=772
own ms=1003 out=627 in=1326
closes ms=1003 out=627 in=1326 met=1 peer=2
own ms=1003 out=627 in=1326
ends ms=1003 out=627 in=1326
outcome failed unanswered

story h2load, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=127 type=2
received ms=1001 out=517 in=170 type=8
received ms=1001 out=517 in=241 type=13
received ms=1001 out=517 in=1151 type=11
left ms=1001 out=517 in=1151
bad ms=1002 out=517 in=1151 kept=1
received ms=1002 out=517 in=1252 type=15
received ms=1002 out=517 in=1326 type=20
sent ms=1002 out=517 in=1326 type=11
shown ms=1002 out=517 in=1326
sent ms=1002 out=517 in=1326 type=20
done ms=1002 out=627 in=1326 version=772
alert-received ms=1002 out=627 in=1350 number=116 fatal=1
own ms=1003 out=627 in=1350
closes ms=1003 out=627 in=1350
own ms=1003 out=627 in=1350
ends ms=1003 out=627 in=1350
outcome failed late-alert

story haproxy, good, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1071 type=11
good ms=1007 out=517 in=1071
received ms=1007 out=517 in=1172 type=15
received ms=1007 out=517 in=1246 type=20
sent ms=1007 out=517 in=1246 type=20
done ms=1007 out=597 in=1246 version=772
alert-received ms=1053 out=661 in=1898
alert-sent ms=1053 out=685 in=1898
ends ms=1054 out=685 in=1898
outcome worked -

story haproxy, plain, and 1 more
begins ms=1000
sent ms=1000 type=1
heard ms=1018 out=517 in=5
exited ms=1018 out=517 in=5 result=-1
ends ms=1033 out=517 in=5 waits=1
outcome failed handshake

story haproxy, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1019 out=517 in=70 type=2
received ms=1019 out=517 in=958 type=11
good ms=1020 out=517 in=958
received ms=1020 out=517 in=1077 type=12
received ms=1020 out=517 in=1140 type=13
received ms=1020 out=517 in=1149 type=14
sent ms=1020 out=517 in=1149 type=11
shown ms=1020 out=517 in=1149
sent ms=1020 out=517 in=1149 type=16
sent ms=1021 out=517 in=1149 type=20
heard ms=1021 out=622 in=1156
alert-received ms=1021 out=622 in=1156 number=40 fatal=1
own ms=1021 out=622 in=1156
exited ms=1021 out=622 in=1156 result=-1
own ms=1023 out=622 in=1156
ends ms=1023 out=622 in=1156 waits=1
outcome failed handshake

story haproxy, wrong-name, and 12 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1007 out=517 in=161 type=8
received ms=1007 out=517 in=1080 type=11
bad ms=1009 out=517 in=1080 kept=1 enforced=1 told=1 own=1
alert-sent ms=1009 out=524 in=1080 number=80 fatal=1
own ms=1009 out=524 in=1080
exited ms=1009 out=524 in=1080 result=-1 verify=1
own ms=1035 out=524 in=1080
ends ms=1035 out=524 in=1080
outcome failed verification

story haproxy-unverified, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1002 out=517 in=1142
bad ms=1003 out=517 in=1142 kept=1
received ms=1003 out=517 in=1244 type=15
received ms=1003 out=517 in=1318 type=20
sent ms=1003 out=517 in=1318 type=11
shown ms=1003 out=517 in=1318
sent ms=1003 out=517 in=1318 type=20
done ms=1003 out=627 in=1318 version=772
own ms=1024 out=627 in=1318
ends ms=1024 out=627 in=1318 met=1 peer=1
outcome failed unanswered

story haproxy-unverified, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1011 out=517 in=70 type=2
received ms=1011 out=517 in=958 type=11
left ms=1011 out=517 in=958
bad ms=1013 out=517 in=958 kept=1
received ms=1013 out=517 in=1079 type=12
received ms=1013 out=517 in=1142 type=13
received ms=1013 out=517 in=1151 type=14
sent ms=1013 out=517 in=1151 type=11
shown ms=1013 out=517 in=1151
sent ms=1013 out=517 in=1151 type=16
sent ms=1013 out=517 in=1151 type=20
heard ms=1069 out=622 in=1158
alert-received ms=1069 out=622 in=1158 number=40 fatal=1
own ms=1069 out=622 in=1158
exited ms=1069 out=622 in=1158 result=-1
own ms=1070 out=622 in=1158
ends ms=1070 out=622 in=1158 waits=1
outcome failed handshake

story http-tiny, reset-cert-1.3, and 14 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=232 type=13
received ms=1003 out=517 in=1143 type=11
good ms=1004 out=517 in=1143
received ms=1004 out=517 in=1245 type=15
received ms=1004 out=517 in=1319 type=20
sent ms=1004 out=517 in=1319 type=11
shown ms=1004 out=517 in=1319
sent ms=1004 out=517 in=1319 type=20
done ms=1006 out=627 in=1319 version=772
data-sent ms=1007 out=627 in=1319 bytes=89
ends ms=1007 out=627 in=1319 met=1 peer=2
outcome failed unanswered

story http-tiny-unverified, good
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1072 type=11
left ms=1007 out=517 in=1072
good ms=1007 out=517 in=1072
received ms=1007 out=517 in=1172 type=15
received ms=1007 out=517 in=1246 type=20
sent ms=1007 out=517 in=1246 type=20
done ms=1010 out=597 in=1246 version=772
own ms=1010 out=597 in=1246
data-sent ms=1010 out=597 in=1246 bytes=89
received ms=1010 out=691 in=1501 type=4
received ms=1010 out=691 in=1756 type=4
own ms=1054 out=691 in=1874
data-received ms=1054 out=691 in=1874 bytes=113
alert-sent ms=1054 out=715 in=1874
own ms=1054 out=715 in=1874
ends ms=1054 out=715 in=1874
outcome worked -

story http-tiny-unverified, only-1.0, and 8 more
begins ms=1000
sent ms=1000 type=1
received ms=1007 out=517 in=74 type=2
received ms=1007 out=517 in=963 type=11
left ms=1008 out=517 in=963
good ms=1008 out=517 in=963
received ms=1008 out=517 in=1081 type=12
alert-sent ms=1008 out=524 in=1081 number=80 fatal=1
own ms=1008 out=524 in=1081
exited ms=1008 out=524 in=1081 result=-1
own ms=1009 out=524 in=1081
ends ms=1009 out=524 in=1081
outcome failed handshake

story http-tiny-unverified, reset-cert-1.3, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
left ms=1001 out=517 in=1143
good ms=1001 out=517 in=1143
received ms=1001 out=517 in=1244 type=15
received ms=1001 out=517 in=1318 type=20
sent ms=1001 out=517 in=1318 type=11
shown ms=1001 out=517 in=1318
sent ms=1001 out=517 in=1318 type=20
done ms=1002 out=627 in=1318 version=772
own ms=1002 out=627 in=1318
data-sent ms=1002 out=627 in=1318 bytes=89
own ms=1002 out=627 in=1318
ends ms=1002 out=627 in=1318 met=1 peer=2
outcome failed unanswered

story http-tiny-unverified, wants-cert-1.2, and 6 more
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=70 type=2
received ms=1006 out=517 in=959 type=11
left ms=1006 out=517 in=959
good ms=1007 out=517 in=959
received ms=1007 out=517 in=1078 type=12
received ms=1007 out=517 in=1141 type=13
received ms=1007 out=517 in=1150 type=14
sent ms=1007 out=517 in=1150 type=11
shown ms=1007 out=517 in=1150
sent ms=1007 out=517 in=1150 type=16
sent ms=1007 out=517 in=1150 type=20
heard ms=1017 out=622 in=1157
alert-received ms=1017 out=622 in=1157 number=40 fatal=1
own ms=1017 out=622 in=1157
exited ms=1017 out=622 in=1157 result=-1
own ms=1018 out=622 in=1157
ends ms=1018 out=622 in=1157
outcome failed handshake

story http-tiny-unverified, wants-cert-1.3, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
left ms=1001 out=517 in=1143
good ms=1001 out=517 in=1143
received ms=1001 out=517 in=1245 type=15
received ms=1001 out=517 in=1319 type=20
sent ms=1001 out=517 in=1319 type=11
shown ms=1001 out=517 in=1319
sent ms=1001 out=517 in=1319 type=20
done ms=1002 out=627 in=1319 version=772
own ms=1002 out=627 in=1319
data-sent ms=1002 out=627 in=1319 bytes=89
alert-received ms=1002 out=721 in=1343 number=116 fatal=1
own ms=1002 out=721 in=1343
ends ms=1002 out=721 in=1343
outcome failed late-alert

story http-tiny-unverified, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1079 type=11
left ms=1001 out=517 in=1079
good ms=1001 out=517 in=1079
unnamed ms=1013 out=517 in=1079
received ms=1013 out=517 in=1180 type=15
received ms=1013 out=517 in=1254 type=20
sent ms=1013 out=517 in=1254 type=20
done ms=1014 out=597 in=1254 version=772
own ms=1014 out=597 in=1254
data-sent ms=1014 out=597 in=1254 bytes=89
received ms=1015 out=691 in=1509 type=4
received ms=1015 out=691 in=1764 type=4
own ms=1058 out=691 in=1882
data-received ms=1058 out=691 in=1882 bytes=113
alert-sent ms=1058 out=715 in=1882
own ms=1058 out=715 in=1882
ends ms=1058 out=715 in=1882
outcome went-on name

story httping, expired, and 7 more
begins ms=1000
sent ms=1001 type=1
received ms=1014 out=297 in=127 type=2
received ms=1015 out=297 in=161 type=8
received ms=1015 out=297 in=1071 type=11
left ms=1015 out=297 in=1071
bad ms=1016 out=297 in=1071 kept=1
received ms=1016 out=297 in=1173 type=15
received ms=1016 out=297 in=1247 type=20
sent ms=1016 out=297 in=1247 type=20
done ms=1016 out=377 in=1247 version=772
own ms=1016 out=377 in=1247
data-sent ms=1016 out=377 in=1247 bytes=81
received ms=1022 out=463 in=1502 type=4
received ms=1066 out=463 in=1757 type=4
own ms=1066 out=463 in=1863
data-received ms=1066 out=463 in=1863 bytes=101
alert-sent ms=1066 out=487 in=1863
alert-received ms=1066 out=487 in=1887
own ms=1066 out=487 in=1887
ends ms=1066 out=487 in=1887
outcome went-on verification

story httping, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1020 out=297 in=127 type=2
received ms=1020 out=297 in=161 type=8
received ms=1020 out=297 in=232 type=13
received ms=1020 out=297 in=1142 type=11
left ms=1021 out=297 in=1142
bad ms=1021 out=297 in=1142 kept=1
received ms=1021 out=297 in=1244 type=15
received ms=1021 out=297 in=1318 type=20
sent ms=1021 out=297 in=1318 type=11
shown ms=1021 out=297 in=1318
sent ms=1021 out=297 in=1318 type=20
done ms=1021 out=407 in=1318 version=772
own ms=1022 out=407 in=1318
data-sent ms=1022 out=407 in=1318 bytes=81
own ms=2060 out=493 in=1318
ends ms=2060 out=493 in=1318 how=2 met=1 peer=1
outcome failed unanswered

story ldap3, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=1072 type=11
good ms=1004 out=517 in=1072
nameless ms=1004 out=517 in=1072
received ms=1004 out=517 in=1174 type=15
received ms=1004 out=517 in=1248 type=20
sent ms=1004 out=517 in=1248 type=20
done ms=1007 out=597 in=1248 version=772
own ms=1007 out=597 in=1248 names=1
data-sent ms=1007 out=597 in=1248 bytes=31
received ms=1007 out=633 in=1503 type=4
received ms=1007 out=633 in=1758 type=4
own ms=1051 out=633 in=1794 names=1
data-received ms=1051 out=633 in=1794 bytes=31
own ms=1052 out=662 in=1794 names=1
ends ms=1052 out=662 in=1794
outcome worked -

story ldap3, only-1.0, and 5 more
begins ms=1000
sent ms=1000 type=1
received ms=1023 out=517 in=74 type=2
received ms=1023 out=517 in=963 type=11
good ms=1024 out=517 in=963
nameless ms=1024 out=517 in=963
received ms=1024 out=517 in=1082 type=12
alert-sent ms=1024 out=524 in=1082 number=80 fatal=1
own ms=1024 out=524 in=1082
exited ms=1024 out=524 in=1082 result=-1
own ms=1024 out=524 in=1082
ends ms=1024 out=524 in=1082
outcome failed handshake

story ldap3, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1007 out=517 in=127 type=2
received ms=1008 out=517 in=161 type=8
received ms=1008 out=517 in=232 type=13
received ms=1008 out=517 in=1143 type=11
good ms=1008 out=517 in=1143
nameless ms=1008 out=517 in=1143
received ms=1008 out=517 in=1243 type=15
received ms=1008 out=517 in=1317 type=20
sent ms=1008 out=517 in=1317 type=11
shown ms=1008 out=517 in=1317
sent ms=1008 out=517 in=1317 type=20
done ms=1011 out=627 in=1317 version=772
own ms=1011 out=627 in=1317 names=1
data-sent ms=1011 out=627 in=1317 bytes=31
own ms=1045 out=627 in=1317 names=1
leaf ms=1045 out=627 in=1317 named=1 suited=1
ends ms=1045 out=627 in=1317 met=1 peer=1
outcome failed unanswered

story ldap3, wants-cert-1.2, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1047 out=517 in=70 type=2
received ms=1047 out=517 in=959 type=11
good ms=1047 out=517 in=959
nameless ms=1047 out=517 in=959
received ms=1047 out=517 in=1079 type=12
received ms=1048 out=517 in=1142 type=13
received ms=1048 out=517 in=1151 type=14
sent ms=1048 out=517 in=1151 type=11
shown ms=1048 out=517 in=1151
sent ms=1048 out=517 in=1151 type=16
sent ms=1048 out=517 in=1151 type=20
heard ms=1051 out=622 in=1158
alert-received ms=1051 out=622 in=1158 number=40 fatal=1
own ms=1051 out=622 in=1158
exited ms=1051 out=622 in=1158 result=-1
own ms=1051 out=622 in=1158
ends ms=1051 out=622 in=1158
outcome failed handshake

story ldap3, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1017 out=517 in=127 type=2
received ms=1018 out=517 in=161 type=8
received ms=1018 out=517 in=232 type=13
received ms=1018 out=517 in=1143 type=11
good ms=1018 out=517 in=1143
nameless ms=1018 out=517 in=1143
received ms=1018 out=517 in=1244 type=15
received ms=1018 out=517 in=1318 type=20
sent ms=1018 out=517 in=1318 type=11
shown ms=1018 out=517 in=1318
sent ms=1018 out=517 in=1318 type=20
done ms=1018 out=627 in=1318 version=772
own ms=1025 out=627 in=1318 names=1
data-sent ms=1025 out=627 in=1318 bytes=31
alert-received ms=1025 out=663 in=1342 number=116 fatal=1
own ms=1026 out=663 in=1342 names=1
ends ms=1026 out=663 in=1342
outcome failed late-alert

story ldap3, wrong-name, and 1 more
begins ms=1000
sent ms=1013 type=1
received ms=1026 out=517 in=127 type=2
received ms=1026 out=517 in=161 type=8
received ms=1026 out=517 in=1079 type=11
good ms=1027 out=517 in=1079
nameless ms=1027 out=517 in=1079
received ms=1027 out=517 in=1179 type=15
received ms=1027 out=517 in=1253 type=20
sent ms=1027 out=517 in=1253 type=20
done ms=1030 out=597 in=1253 version=772
unnamed ms=1030 out=597 in=1253
own ms=1030 out=597 in=1253 names=1
leaf ms=1030 out=597 in=1253 suited=1
ends ms=1030 out=597 in=1253
outcome failed name

story links, expired, and 5 more
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=127 type=2
received ms=1009 out=517 in=161 type=8
received ms=1009 out=517 in=1071 type=11
left ms=1009 out=517 in=1071
bad ms=1047 out=517 in=1071 kept=1
received ms=1047 out=517 in=1172 type=15
received ms=1047 out=517 in=1246 type=20
sent ms=1047 out=517 in=1246 type=20
done ms=1057 out=597 in=1246 version=772
asked ms=1057 out=597 in=1246
own ms=1057 out=597 in=1246
ends ms=1057 out=597 in=1246
outcome failed verification

story links, good, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
left ms=1002 out=517 in=1071
good ms=1002 out=517 in=1071
received ms=1002 out=517 in=1172 type=15
received ms=1002 out=517 in=1246 type=20
sent ms=1002 out=517 in=1246 type=20
done ms=1002 out=597 in=1246 version=772
asked ms=1002 out=597 in=1246 good=1
own ms=1002 out=597 in=1246 names=3
data-sent ms=1002 out=597 in=1246 bytes=559
received ms=1009 out=1161 in=1501 type=4
received ms=1009 out=1161 in=1756 type=4
own ms=1045 out=1161 in=1874 names=3
data-received ms=1045 out=1161 in=1874 bytes=113
alert-received ms=1045 out=1161 in=1898
own ms=1045 out=1161 in=1898 names=3
ends ms=1045 out=1161 in=1898
outcome worked -

story links, only-1.0
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=74 type=2
received ms=1000 out=517 in=962 type=11
left ms=1000 out=517 in=962
good ms=1001 out=517 in=962
received ms=1001 out=517 in=1080 type=12
received ms=1001 out=517 in=1089 type=14
sent ms=1001 out=517 in=1089 type=16
sent ms=1001 out=517 in=1089 type=20
received ms=1003 out=622 in=1280 type=4
received ms=1003 out=622 in=1343 type=20
done ms=1003 out=622 in=1343 version=769
asked ms=1003 out=622 in=1343 good=1
own ms=1003 out=622 in=1343 names=3
ends ms=1003 out=622 in=1343
outcome given-up -

story links, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=127 type=2
received ms=1009 out=517 in=161 type=8
received ms=1009 out=517 in=232 type=13
received ms=1009 out=517 in=1142 type=11
left ms=1010 out=517 in=1142
good ms=1010 out=517 in=1142
received ms=1010 out=517 in=1242 type=15
received ms=1010 out=517 in=1316 type=20
sent ms=1010 out=517 in=1316 type=11
shown ms=1010 out=517 in=1316
sent ms=1010 out=517 in=1316 type=20
done ms=1011 out=627 in=1316 version=772
asked ms=1011 out=627 in=1316 good=1
own ms=1011 out=627 in=1316 names=3
data-sent ms=1011 out=627 in=1316 bytes=559
own ms=1011 out=627 in=1316 names=3
closes ms=1011 out=627 in=1316 met=1 peer=2
own ms=1011 out=627 in=1316 names=3
ends ms=1011 out=627 in=1316
outcome failed unanswered

story links, wants-cert-1.2, and 5 more
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=70 type=2
received ms=1009 out=517 in=958 type=11
left ms=1010 out=517 in=958
good ms=1010 out=517 in=958
received ms=1010 out=517 in=1078 type=12
received ms=1010 out=517 in=1141 type=13
received ms=1010 out=517 in=1150 type=14
sent ms=1010 out=517 in=1150 type=11
shown ms=1010 out=517 in=1150
sent ms=1010 out=517 in=1150 type=16
sent ms=1010 out=517 in=1150 type=20
heard ms=1010 out=622 in=1157
alert-received ms=1010 out=622 in=1157 number=40 fatal=1
own ms=1010 out=622 in=1157
exited ms=1010 out=622 in=1157 result=-1
own ms=1011 out=622 in=1157
closes ms=1011 out=622 in=1157
own ms=1011 out=622 in=1157
ends ms=1011 out=622 in=1157
outcome failed handshake

story links, wants-cert-1.2, and 8 more
begins ms=1000
sent ms=1000 type=1
heard ms=1000 out=126 in=7
alert-received ms=1000 out=126 in=7 number=70 fatal=1
exited ms=1000 out=126 in=7 result=-1
ends ms=1000 out=126 in=7
outcome failed handshake

story links, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=232 type=13
received ms=1002 out=517 in=1142 type=11
left ms=1002 out=517 in=1142
good ms=1003 out=517 in=1142
received ms=1003 out=517 in=1243 type=15
received ms=1003 out=517 in=1317 type=20
sent ms=1003 out=517 in=1317 type=11
shown ms=1003 out=517 in=1317
sent ms=1003 out=517 in=1317 type=20
done ms=1003 out=627 in=1317 version=772
asked ms=1003 out=627 in=1317 good=1
own ms=1003 out=627 in=1317 names=3
data-sent ms=1003 out=627 in=1317 bytes=559
alert-received ms=1003 out=1191 in=1341 number=116 fatal=1
own ms=1003 out=1191 in=1341 names=3
closes ms=1003 out=1191 in=1341
own ms=1003 out=1191 in=1341 names=3
ends ms=1003 out=1191 in=1341
outcome failed late-alert

story links, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=1080 type=11
left ms=1005 out=517 in=1080
good ms=1005 out=517 in=1080
unnamed ms=1043 out=517 in=1080
received ms=1043 out=517 in=1180 type=15
received ms=1043 out=517 in=1254 type=20
sent ms=1043 out=517 in=1254 type=20
done ms=1046 out=597 in=1254 version=772
asked ms=1046 out=597 in=1254 good=1
own ms=1046 out=597 in=1254 names=2
ends ms=1046 out=597 in=1254
outcome failed name

story mariadb, good
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
good ms=1002 out=517 in=1071
nameless ms=1002 out=517 in=1071
received ms=1002 out=517 in=1172 type=15
received ms=1002 out=517 in=1246 type=20
sent ms=1002 out=517 in=1246 type=20
done ms=1007 out=597 in=1246 version=772
asked ms=1007 out=597 in=1246 good=1
own ms=1007 out=597 in=1246 names=3
data-sent ms=1007 out=597 in=1246 bytes=78
received ms=1007 out=680 in=1501 type=4
received ms=1007 out=680 in=1756 type=4
own ms=1059 out=680 in=1789 names=3
data-received ms=1059 out=680 in=1789 bytes=28
own ms=1071 out=740 in=1822 names=3
ends ms=1071 out=740 in=1822
outcome worked -

story mariadb, reset-cert-1.3, and 7 more
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=232 type=13
received ms=1004 out=517 in=1142 type=11
good ms=1004 out=517 in=1142
nameless ms=1004 out=517 in=1142
received ms=1004 out=517 in=1243 type=15
received ms=1014 out=517 in=1317 type=20
sent ms=1014 out=517 in=1317 type=11
shown ms=1014 out=517 in=1317
sent ms=1014 out=517 in=1317 type=20
done ms=1018 out=627 in=1317 version=772
asked ms=1018 out=627 in=1317 good=1
own ms=1018 out=627 in=1317 names=3
data-sent ms=1018 out=627 in=1317 bytes=78
own ms=1018 out=627 in=1317 names=3
leaf ms=1018 out=627 in=1317 named=1 suited=1
closes ms=1018 out=627 in=1317 met=1 peer=2
own ms=1018 out=627 in=1317 names=3
ends ms=1018 out=627 in=1317
outcome failed unanswered

story mariadb, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=517 in=70 type=2
received ms=1003 out=517 in=958 type=11
good ms=1003 out=517 in=958
nameless ms=1003 out=517 in=958
received ms=1003 out=517 in=1077 type=12
received ms=1004 out=517 in=1140 type=13
received ms=1004 out=517 in=1149 type=14
sent ms=1004 out=517 in=1149 type=11
shown ms=1004 out=517 in=1149
sent ms=1004 out=517 in=1149 type=16
sent ms=1004 out=517 in=1149 type=20
heard ms=1025 out=622 in=1156
alert-received ms=1025 out=622 in=1156 number=40 fatal=1
own ms=1025 out=622 in=1156
exited ms=1025 out=622 in=1156 result=-1
own ms=1025 out=622 in=1156
closes ms=1025 out=622 in=1156
own ms=1025 out=622 in=1156
ends ms=1025 out=622 in=1156
outcome failed handshake

story mariadb, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=517 in=127 type=2
received ms=1010 out=517 in=161 type=8
received ms=1010 out=517 in=232 type=13
received ms=1010 out=517 in=1142 type=11
good ms=1011 out=517 in=1142
nameless ms=1011 out=517 in=1142
received ms=1011 out=517 in=1243 type=15
received ms=1011 out=517 in=1317 type=20
sent ms=1011 out=517 in=1317 type=11
shown ms=1011 out=517 in=1317
sent ms=1011 out=517 in=1317 type=20
done ms=1034 out=627 in=1317 version=772
asked ms=1034 out=627 in=1317 good=1
own ms=1034 out=627 in=1317 names=3
data-sent ms=1034 out=627 in=1317 bytes=78
alert-received ms=1038 out=710 in=1341 number=116 fatal=1
own ms=1038 out=710 in=1341 names=3
closes ms=1038 out=710 in=1341
own ms=1038 out=710 in=1341 names=3
ends ms=1038 out=710 in=1341
outcome failed late-alert

story mariadb, wrong-name, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=517 in=127 type=2
received ms=1010 out=517 in=161 type=8
received ms=1010 out=517 in=1080 type=11
good ms=1011 out=517 in=1080
nameless ms=1011 out=517 in=1080
received ms=1011 out=517 in=1182 type=15
received ms=1011 out=517 in=1256 type=20
sent ms=1011 out=517 in=1256 type=20
done ms=1011 out=597 in=1256 version=772
unnamed ms=1011 out=597 in=1256
asked ms=1011 out=597 in=1256 good=1
own ms=1011 out=597 in=1256 names=2
leaf ms=1011 out=597 in=1256 suited=1
ends ms=1011 out=597 in=1256
outcome failed name

story mariadb-unverified, good
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
left ms=1001 out=517 in=1071
good ms=1006 out=517 in=1071
nameless ms=1006 out=517 in=1071
received ms=1006 out=517 in=1172 type=15
received ms=1006 out=517 in=1246 type=20
sent ms=1006 out=517 in=1246 type=20
done ms=1006 out=597 in=1246 version=772
own ms=1006 out=597 in=1246
data-sent ms=1006 out=597 in=1246 bytes=78
received ms=1014 out=680 in=1501 type=4
received ms=1078 out=680 in=1756 type=4
own ms=1078 out=680 in=1789
data-received ms=1078 out=680 in=1789 bytes=28
own ms=1086 out=740 in=1822
ends ms=1086 out=740 in=1822
outcome worked -

story mariadb-unverified, only-1.0
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=74 type=2
received ms=1006 out=517 in=962 type=11
left ms=1007 out=517 in=962
good ms=1007 out=517 in=962
nameless ms=1007 out=517 in=962
received ms=1007 out=517 in=1080 type=12
alert-sent ms=1026 out=524 in=1080 number=80 fatal=1
own ms=1026 out=524 in=1080
exited ms=1026 out=524 in=1080 result=-1
own ms=1027 out=524 in=1080
ends ms=1027 out=524 in=1080
outcome failed handshake

story mariadb-unverified, reset-cert-1.3, and 10 more
begins ms=1000
sent ms=1000 type=1
received ms=1015 out=517 in=127 type=2
received ms=1015 out=517 in=161 type=8
received ms=1015 out=517 in=232 type=13
received ms=1015 out=517 in=1142 type=11
left ms=1016 out=517 in=1142
good ms=1016 out=517 in=1142
nameless ms=1016 out=517 in=1142
received ms=1016 out=517 in=1244 type=15
received ms=1016 out=517 in=1318 type=20
sent ms=1016 out=517 in=1318 type=11
shown ms=1016 out=517 in=1318
sent ms=1016 out=517 in=1318 type=20
done ms=1027 out=627 in=1318 version=772
own ms=1027 out=627 in=1318
data-sent ms=1027 out=627 in=1318 bytes=78
own ms=1027 out=627 in=1318
closes ms=1027 out=627 in=1318 met=1 peer=2
own ms=1027 out=627 in=1318
ends ms=1027 out=627 in=1318
outcome failed unanswered

story mariadb-unverified, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=70 type=2
received ms=1001 out=517 in=958 type=11
left ms=1001 out=517 in=958
good ms=1002 out=517 in=958
nameless ms=1002 out=517 in=958
received ms=1002 out=517 in=1078 type=12
received ms=1002 out=517 in=1141 type=13
received ms=1002 out=517 in=1150 type=14
sent ms=1002 out=517 in=1150 type=11
shown ms=1002 out=517 in=1150
sent ms=1002 out=517 in=1150 type=16
sent ms=1002 out=517 in=1150 type=20
heard ms=1010 out=622 in=1157
alert-received ms=1010 out=622 in=1157 number=40 fatal=1
own ms=1010 out=622 in=1157
exited ms=1010 out=622 in=1157 result=-1
own ms=1010 out=622 in=1157
closes ms=1010 out=622 in=1157
own ms=1010 out=622 in=1157
ends ms=1010 out=622 in=1157
outcome failed handshake

story mariadb-unverified, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1022 out=517 in=127 type=2
received ms=1022 out=517 in=161 type=8
received ms=1022 out=517 in=232 type=13
received ms=1022 out=517 in=1142 type=11
left ms=1022 out=517 in=1142
good ms=1023 out=517 in=1142
nameless ms=1023 out=517 in=1142
received ms=1023 out=517 in=1244 type=15
received ms=1023 out=517 in=1318 type=20
sent ms=1023 out=517 in=1318 type=11
shown ms=1023 out=517 in=1318
sent ms=1023 out=517 in=1318 type=20
done ms=1023 out=627 in=1318 version=772
own ms=1023 out=627 in=1318
data-sent ms=1023 out=627 in=1318 bytes=78
alert-received ms=1051 out=710 in=1342 number=116 fatal=1
own ms=1052 out=710 in=1342
closes ms=1052 out=710 in=1342
own ms=1052 out=710 in=1342
ends ms=1052 out=710 in=1342
outcome failed late-alert

story mariadb-unverified, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=517 in=127 type=2
received ms=1004 out=517 in=161 type=8
received ms=1004 out=517 in=1080 type=11
left ms=1005 out=517 in=1080
good ms=1005 out=517 in=1080
nameless ms=1005 out=517 in=1080
received ms=1005 out=517 in=1180 type=15
received ms=1005 out=517 in=1254 type=20
sent ms=1005 out=517 in=1254 type=20
done ms=1010 out=597 in=1254 version=772
unnamed ms=1010 out=597 in=1254
own ms=1010 out=597 in=1254
data-sent ms=1010 out=597 in=1254 bytes=78
received ms=1012 out=680 in=1509 type=4
received ms=1061 out=680 in=1764 type=4
own ms=1061 out=680 in=1797
data-received ms=1061 out=680 in=1797 bytes=28
own ms=1068 out=740 in=1830
ends ms=1068 out=740 in=1830
outcome went-on name

story mbsync, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=317 in=127 type=2
received ms=1006 out=317 in=161 type=8
received ms=1006 out=317 in=1071 type=11
left ms=1007 out=317 in=1071
good ms=1007 out=317 in=1071
received ms=1007 out=317 in=1172 type=15
received ms=1007 out=317 in=1246 type=20
sent ms=1007 out=317 in=1246 type=20
done ms=1007 out=397 in=1246 version=772
asked ms=1007 out=397 in=1246 good=1
own ms=1007 out=397 in=1246 names=1
data-sent ms=1007 out=397 in=1246 bytes=31
received ms=1025 out=433 in=1501 type=4
received ms=1025 out=433 in=1756 type=4
own ms=1070 out=433 in=1813 names=1
data-received ms=1070 out=433 in=1813 bytes=52
alert-received ms=1202 out=581 in=2148
own ms=1202 out=581 in=2148 names=1
ends ms=1202 out=581 in=2148
outcome worked -

story mbsync, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1041 out=317 in=127 type=2
received ms=1041 out=317 in=161 type=8
received ms=1041 out=317 in=232 type=13
received ms=1041 out=317 in=1142 type=11
left ms=1042 out=317 in=1142
good ms=1042 out=317 in=1142
received ms=1042 out=317 in=1242 type=15
received ms=1042 out=317 in=1316 type=20
sent ms=1042 out=317 in=1316 type=11
shown ms=1042 out=317 in=1316
sent ms=1042 out=317 in=1316 type=20
done ms=1042 out=427 in=1316 version=772
asked ms=1042 out=427 in=1316 good=1
own ms=1042 out=427 in=1316 names=1
data-sent ms=1042 out=427 in=1316 bytes=31
alert-received ms=1049 out=463 in=1340 number=116 fatal=1
own ms=1049 out=463 in=1340 names=1
ends ms=1049 out=463 in=1340
outcome failed late-alert

story mbsync, wrong-name, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1029 out=317 in=127 type=2
received ms=1029 out=317 in=161 type=8
received ms=1029 out=317 in=1080 type=11
left ms=1031 out=317 in=1080
good ms=1031 out=317 in=1080
unnamed ms=1155 out=317 in=1080
received ms=1155 out=317 in=1182 type=15
received ms=1155 out=317 in=1256 type=20
sent ms=1155 out=317 in=1256 type=20
done ms=1197 out=397 in=1256 version=772
asked ms=1197 out=397 in=1256 good=1
own ms=1197 out=397 in=1256 names=1
ends ms=1197 out=397 in=1256
outcome failed name

story mojolicious, reset-cert-1.3, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=232 type=13
received ms=1006 out=517 in=1143 type=11
good ms=1007 out=517 in=1143
received ms=1007 out=517 in=1245 type=15
received ms=1007 out=517 in=1319 type=20
sent ms=1007 out=517 in=1319 type=11
shown ms=1007 out=517 in=1319
sent ms=1007 out=517 in=1319 type=20
done ms=1007 out=627 in=1319 version=772
ends ms=1008 out=627 in=1319 met=1 peer=2
outcome failed unanswered

story mojolicious, wants-cert-1.3, and 4 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
good ms=1002 out=517 in=1143
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1003 out=627 in=1317 version=772
alert-received ms=1004 out=627 in=1341 number=116 fatal=1
ends ms=1004 out=627 in=1341
outcome failed late-alert

story mosquitto_pub, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=313 in=127 type=2
received ms=1001 out=313 in=161 type=8
received ms=1001 out=313 in=232 type=13
received ms=1001 out=313 in=1142 type=11
good ms=1002 out=313 in=1142
received ms=1002 out=313 in=1244 type=15
received ms=1002 out=313 in=1318 type=20
sent ms=1002 out=313 in=1318 type=11
shown ms=1002 out=313 in=1318
sent ms=1002 out=313 in=1318 type=20
done ms=1002 out=423 in=1318 version=772
closes ms=1002 out=423 in=1318 met=1 peer=2
ends ms=1002 out=423 in=1318
outcome failed unanswered

story ncat, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
left ms=1002 out=517 in=1071
bad ms=1026 out=517 in=1071 kept=1 told=1
received ms=1026 out=517 in=1173 type=15
received ms=1026 out=517 in=1247 type=20
sent ms=1026 out=517 in=1247 type=20
done ms=1026 out=597 in=1247 version=772
own ms=1026 out=597 in=1247
data-sent ms=1026 out=597 in=1247 bytes=21
received ms=1026 out=623 in=1502 type=4
received ms=1026 out=623 in=1757 type=4
own ms=1026 out=623 in=1792
data-received ms=1026 out=623 in=1792 bytes=30
alert-received ms=1027 out=623 in=1816
own ms=1027 out=623 in=1816
ends ms=1027 out=623 in=1816
outcome went-on verification

story ncat, good
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
left ms=1002 out=517 in=1071
good ms=1002 out=517 in=1071
received ms=1002 out=517 in=1171 type=15
received ms=1002 out=517 in=1245 type=20
sent ms=1002 out=517 in=1245 type=20
done ms=1002 out=597 in=1245 version=772
own ms=1002 out=597 in=1245
data-sent ms=1002 out=597 in=1245 bytes=21
received ms=1002 out=623 in=1500 type=4
received ms=1003 out=623 in=1755 type=4
own ms=1003 out=623 in=1790
data-received ms=1003 out=623 in=1790 bytes=30
alert-received ms=1003 out=623 in=1814
own ms=1003 out=623 in=1814
ends ms=1003 out=623 in=1814
outcome worked -

story ncat, only-1.0, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1005 out=517 in=74 type=2
received ms=1005 out=517 in=962 type=11
left ms=1005 out=517 in=962
good ms=1006 out=517 in=962
received ms=1006 out=517 in=1080 type=12
alert-sent ms=1006 out=524 in=1080 number=80 fatal=1
own ms=1006 out=524 in=1080
exited ms=1006 out=524 in=1080 result=-1
own ms=1006 out=524 in=1080
ends ms=1006 out=524 in=1080 how=2
outcome failed handshake

story ncat, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1002 out=517 in=1142
good ms=1002 out=517 in=1142
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1002 out=627 in=1317 version=772
own ms=1002 out=627 in=1317
data-sent ms=1002 out=627 in=1317 bytes=21
own ms=1003 out=653 in=1317
ends ms=1003 out=653 in=1317 how=2 met=1 peer=2
outcome failed unanswered

story ncat, wants-cert-1.2, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=70 type=2
received ms=1000 out=517 in=958 type=11
left ms=1001 out=517 in=958
good ms=1001 out=517 in=958
received ms=1001 out=517 in=1078 type=12
received ms=1001 out=517 in=1141 type=13
received ms=1001 out=517 in=1150 type=14
sent ms=1001 out=517 in=1150 type=11
shown ms=1001 out=517 in=1150
sent ms=1002 out=517 in=1150 type=16
sent ms=1002 out=517 in=1150 type=20
heard ms=1002 out=622 in=1157
alert-received ms=1002 out=622 in=1157 number=40 fatal=1
own ms=1002 out=622 in=1157
exited ms=1002 out=622 in=1157 result=-1
own ms=1002 out=622 in=1157
ends ms=1002 out=622 in=1157 how=2
outcome failed handshake

story ncat, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1001 out=517 in=1142
good ms=1002 out=517 in=1142
received ms=1002 out=517 in=1244 type=15
received ms=1002 out=517 in=1318 type=20
sent ms=1002 out=517 in=1318 type=11
shown ms=1002 out=517 in=1318
sent ms=1002 out=517 in=1318 type=20
done ms=1002 out=627 in=1318 version=772
own ms=1002 out=627 in=1318
data-sent ms=1002 out=627 in=1318 bytes=21
alert-received ms=1002 out=653 in=1342 number=116 fatal=1
own ms=1002 out=653 in=1342
closes ms=1002 out=653 in=1342
own ms=1002 out=653 in=1342
ends ms=1002 out=653 in=1342
outcome failed late-alert

story ncat, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1080 type=11
left ms=1001 out=517 in=1080
good ms=1002 out=517 in=1080
unnamed ms=1012 out=517 in=1080
received ms=1012 out=517 in=1182 type=15
received ms=1012 out=517 in=1256 type=20
sent ms=1012 out=517 in=1256 type=20
done ms=1012 out=597 in=1256 version=772
received ms=1012 out=597 in=1511 type=4
own ms=1012 out=597 in=1511
data-sent ms=1012 out=597 in=1511 bytes=21
received ms=1012 out=623 in=1766 type=4
own ms=1012 out=623 in=1801
data-received ms=1012 out=623 in=1801 bytes=30
alert-received ms=1013 out=623 in=1825
own ms=1013 out=623 in=1825
ends ms=1013 out=623 in=1825
outcome went-on name

story ncat-verify, good
begins ms=1000
sent ms=1000 type=1
received ms=1008 out=517 in=127 type=2
received ms=1008 out=517 in=161 type=8
received ms=1008 out=517 in=1071 type=11
good ms=1009 out=517 in=1071
received ms=1009 out=517 in=1173 type=15
received ms=1009 out=517 in=1247 type=20
sent ms=1009 out=517 in=1247 type=20
done ms=1009 out=597 in=1247 version=772
asked ms=1009 out=597 in=1247 good=1
asked ms=1009 out=597 in=1247 good=1
alert-received ms=1012 out=623 in=1816
ends ms=1012 out=623 in=1816
outcome worked -

story ncat-verify, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=127 type=2
received ms=1009 out=517 in=161 type=8
received ms=1009 out=517 in=232 type=13
received ms=1009 out=517 in=1142 type=11
good ms=1010 out=517 in=1142
received ms=1010 out=517 in=1243 type=15
received ms=1010 out=517 in=1317 type=20
sent ms=1010 out=517 in=1317 type=11
shown ms=1010 out=517 in=1317
sent ms=1010 out=517 in=1317 type=20
done ms=1010 out=627 in=1317 version=772
asked ms=1010 out=627 in=1317 good=1
asked ms=1010 out=627 in=1317 good=1
data-sent ms=1010 out=627 in=1317 bytes=21
ends ms=1011 out=653 in=1317 how=2 met=1 peer=2
outcome failed unanswered

story ncat-verify, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
good ms=1002 out=517 in=1142
received ms=1002 out=517 in=1244 type=15
received ms=1002 out=517 in=1318 type=20
sent ms=1002 out=517 in=1318 type=11
shown ms=1002 out=517 in=1318
sent ms=1002 out=517 in=1318 type=20
done ms=1002 out=627 in=1318 version=772
asked ms=1002 out=627 in=1318 good=1
asked ms=1002 out=627 in=1318 good=1
data-sent ms=1002 out=627 in=1318 bytes=21
alert-received ms=1004 out=653 in=1342 number=116 fatal=1
closes ms=1004 out=653 in=1342
ends ms=1004 out=653 in=1342
outcome failed late-alert

story net-ldap, good
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1072 type=11
good ms=1007 out=517 in=1072
nameless ms=1007 out=517 in=1072
received ms=1007 out=517 in=1172 type=15
received ms=1007 out=517 in=1246 type=20
sent ms=1007 out=517 in=1246 type=20
done ms=1018 out=597 in=1246 version=772
data-sent ms=1019 out=597 in=1246 bytes=31
received ms=1019 out=633 in=1501 type=4
received ms=1019 out=633 in=1756 type=4
data-received ms=1082 out=633 in=1792 bytes=31
alert-sent ms=1083 out=686 in=1792
ends ms=1083 out=686 in=1792
outcome worked -

story net-ldap, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
good ms=1002 out=517 in=1143
nameless ms=1002 out=517 in=1143
received ms=1002 out=517 in=1245 type=15
received ms=1002 out=517 in=1319 type=20
sent ms=1002 out=517 in=1319 type=11
shown ms=1002 out=517 in=1319
sent ms=1002 out=517 in=1319 type=20
done ms=1002 out=627 in=1319 version=772
data-sent ms=1002 out=627 in=1319 bytes=31
closes ms=1060 out=663 in=1319 met=1 peer=2
ends ms=1060 out=663 in=1319
outcome failed unanswered

story net-ldap, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=232 type=13
received ms=1006 out=517 in=1143 type=11
good ms=1007 out=517 in=1143
nameless ms=1007 out=517 in=1143
received ms=1007 out=517 in=1244 type=15
received ms=1007 out=517 in=1318 type=20
sent ms=1007 out=517 in=1318 type=11
shown ms=1007 out=517 in=1318
sent ms=1007 out=517 in=1318 type=20
done ms=1007 out=627 in=1318 version=772
data-sent ms=1008 out=627 in=1318 bytes=31
alert-received ms=1018 out=663 in=1342 number=116 fatal=1
closes ms=1018 out=663 in=1342
ends ms=1018 out=663 in=1342
outcome failed late-alert

story net-pop3, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1018 out=517 in=127 type=2
received ms=1018 out=517 in=161 type=8
received ms=1018 out=517 in=232 type=13
received ms=1018 out=517 in=1142 type=11
good ms=1019 out=517 in=1142
received ms=1019 out=517 in=1243 type=15
received ms=1019 out=517 in=1317 type=20
sent ms=1019 out=517 in=1317 type=11
shown ms=1019 out=517 in=1317
sent ms=1019 out=517 in=1317 type=20
done ms=1019 out=627 in=1317 version=772
alert-received ms=1019 out=627 in=1341 number=116 fatal=1
closes ms=1046 out=627 in=1341
ends ms=1046 out=627 in=1341
outcome failed late-alert

story nghttp, expired
begins ms=1000
sent ms=1000 type=1
received ms=1012 out=517 in=127 type=2
received ms=1013 out=517 in=170 type=8
received ms=1013 out=517 in=1080 type=11
bad ms=1048 out=517 in=1080 kept=1 told=1
received ms=1048 out=517 in=1180 type=15
received ms=1048 out=517 in=1254 type=20
sent ms=1048 out=517 in=1254 type=20
done ms=1052 out=597 in=1254 version=772
asked ms=1052 out=597 in=1254
received ms=1053 out=597 in=1509 type=4
received ms=1053 out=597 in=1764 type=4
data-sent ms=1053 out=597 in=1764 bytes=181
data-received ms=1053 out=783 in=1812 bytes=43
alert-sent ms=1053 out=846 in=1812
ends ms=1053 out=846 in=1812
outcome went-on verification

story nghttp, private-ca, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1003 out=517 in=170 type=8
received ms=1003 out=517 in=1080 type=11
bad ms=1026 out=517 in=1080 kept=1 told=1
received ms=1026 out=517 in=1182 type=15
received ms=1026 out=517 in=1256 type=20
sent ms=1026 out=517 in=1256 type=20
done ms=1026 out=597 in=1256 version=772
asked ms=1026 out=597 in=1256
received ms=1027 out=597 in=1511 type=4
data-sent ms=1027 out=597 in=1511 bytes=181
received ms=1027 out=783 in=1766 type=4
data-received ms=1070 out=783 in=1814 bytes=43
alert-received ms=1070 out=783 in=1838
alert-sent ms=1070 out=807 in=1838
ends ms=1070 out=807 in=1838
outcome went-on verification

story nghttp, reset-cert-1.3, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=517 in=127 type=2
received ms=1002 out=517 in=170 type=8
received ms=1002 out=517 in=241 type=13
received ms=1002 out=517 in=1151 type=11
good ms=1003 out=517 in=1151
received ms=1003 out=517 in=1253 type=15
received ms=1003 out=517 in=1327 type=20
sent ms=1003 out=517 in=1327 type=11
shown ms=1003 out=517 in=1327
sent ms=1003 out=517 in=1327 type=20
done ms=1003 out=627 in=1327 version=772
asked ms=1003 out=627 in=1327 good=1
data-sent ms=1003 out=627 in=1327 bytes=181
closes ms=1004 out=813 in=1327 met=1 peer=2
ends ms=1004 out=813 in=1327
outcome failed unanswered

story nginx, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=313 in=1246 type=2
received ms=1001 out=313 in=1246 type=8
received ms=1001 out=313 in=1246 type=11
left ms=1001 out=313 in=1246
bad ms=1002 out=313 in=1246 kept=1 told=1
received ms=1002 out=313 in=1246 type=15
received ms=1002 out=313 in=1246 type=20
sent ms=1002 out=313 in=1246 type=20
done ms=1019 out=393 in=1246 version=772
asked ms=1019 out=393 in=1246
alert-sent ms=1019 out=417 in=1246
own ms=1019 out=417 in=1246
ends ms=1019 out=417 in=1246
outcome failed verification

story nginx, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=313 in=1318 type=2
received ms=1003 out=313 in=1318 type=8
received ms=1003 out=313 in=1318 type=13
received ms=1003 out=313 in=1318 type=11
left ms=1003 out=313 in=1318
good ms=1004 out=313 in=1318
received ms=1004 out=313 in=1318 type=15
received ms=1004 out=313 in=1318 type=20
sent ms=1004 out=313 in=1318 type=11
shown ms=1004 out=313 in=1318
sent ms=1004 out=313 in=1318 type=20
done ms=1006 out=423 in=1318 version=772
asked ms=1006 out=423 in=1318 good=1
own ms=1006 out=423 in=1318 names=3
data-sent ms=1006 out=423 in=1318 bytes=79
alert-received ms=1010 out=507 in=1342 number=116 fatal=1
own ms=1010 out=507 in=1342 names=3
ends ms=1010 out=507 in=1342
outcome failed late-alert

story nginx, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1013 out=313 in=1255 type=2
received ms=1014 out=313 in=1255 type=8
received ms=1014 out=313 in=1255 type=11
left ms=1014 out=313 in=1255
good ms=1014 out=313 in=1255
unnamed ms=1015 out=313 in=1255
received ms=1015 out=313 in=1255 type=15
received ms=1015 out=313 in=1255 type=20
sent ms=1015 out=313 in=1255 type=20
done ms=1015 out=393 in=1255 version=772
asked ms=1015 out=393 in=1255 good=1
alert-sent ms=1015 out=417 in=1255
own ms=1015 out=417 in=1255 names=2
ends ms=1015 out=417 in=1255
outcome failed name

story nginx-unverified, wants-cert-1.2, and 4 more
begins ms=1000
sent ms=1001 type=1
received ms=1020 out=293 in=1151 type=2
received ms=1020 out=293 in=1151 type=11
left ms=1020 out=293 in=1151
bad ms=1021 out=293 in=1151 kept=1
received ms=1021 out=293 in=1151 type=12
received ms=1021 out=293 in=1151 type=13
received ms=1021 out=293 in=1151 type=14
sent ms=1021 out=293 in=1151 type=11
shown ms=1021 out=293 in=1151
sent ms=1021 out=293 in=1151 type=16
sent ms=1021 out=293 in=1151 type=20
heard ms=1032 out=398 in=1158
alert-received ms=1032 out=398 in=1158 number=40 fatal=1
own ms=1032 out=398 in=1158
exited ms=1032 out=398 in=1158 result=-1
own ms=1032 out=398 in=1158
ends ms=1032 out=398 in=1158
outcome failed handshake

story nginx-unverified, wants-cert-1.3, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=293 in=1318 type=2
received ms=1005 out=293 in=1318 type=8
received ms=1005 out=293 in=1318 type=13
received ms=1005 out=293 in=1318 type=11
left ms=1005 out=293 in=1318
bad ms=1006 out=293 in=1318 kept=1
received ms=1006 out=293 in=1318 type=15
received ms=1006 out=293 in=1318 type=20
sent ms=1006 out=293 in=1318 type=11
shown ms=1006 out=293 in=1318
sent ms=1006 out=293 in=1318 type=20
done ms=1007 out=403 in=1318 version=772
own ms=1007 out=403 in=1318
data-sent ms=1007 out=403 in=1318 bytes=79
alert-received ms=1007 out=487 in=1342 number=116 fatal=1
own ms=1007 out=487 in=1342
ends ms=1007 out=487 in=1342
outcome failed late-alert

story perl-unverified, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1010 out=517 in=127 type=2
received ms=1010 out=517 in=161 type=8
received ms=1010 out=517 in=1072 type=11
left ms=1011 out=517 in=1072
good ms=1011 out=517 in=1072
received ms=1011 out=517 in=1172 type=15
received ms=1011 out=517 in=1246 type=20
sent ms=1011 out=517 in=1246 type=20
done ms=1011 out=597 in=1246 version=772
own ms=1012 out=597 in=1246
data-sent ms=1012 out=597 in=1246 bytes=35
received ms=1012 out=637 in=1501 type=4
received ms=1012 out=637 in=1756 type=4
own ms=1054 out=637 in=1874
data-received ms=1054 out=637 in=1874 bytes=113
own ms=1054 out=637 in=1874
ends ms=1054 out=637 in=1874
outcome worked -

story perl-unverified, wrong-name, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1006 out=517 in=127 type=2
received ms=1006 out=517 in=161 type=8
received ms=1006 out=517 in=1079 type=11
left ms=1006 out=517 in=1079
good ms=1007 out=517 in=1079
unnamed ms=1025 out=517 in=1079
received ms=1025 out=517 in=1179 type=15
received ms=1025 out=517 in=1253 type=20
sent ms=1025 out=517 in=1253 type=20
done ms=1028 out=597 in=1253 version=772
own ms=1028 out=597 in=1253
data-sent ms=1028 out=597 in=1253 bytes=35
received ms=1030 out=637 in=1508 type=4
received ms=1030 out=637 in=1763 type=4
own ms=1076 out=637 in=1881
data-received ms=1076 out=637 in=1881 bytes=113
own ms=1076 out=637 in=1881
ends ms=1076 out=637 in=1881
outcome went-on name

story php-curl, expired
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
bad ms=1013 out=517 in=1071 kept=1 enforced=1
alert-sent ms=1013 out=524 in=1071 number=45 fatal=1
own ms=1013 out=524 in=1071
exited ms=1013 out=524 in=1071 result=-1 verify=1
ends ms=1013 in=1071
outcome failed verification

story php-curl, only-1.0
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=102 type=2
received ms=1001 out=517 in=990 type=11
good ms=1002 out=517 in=990
received ms=1002 out=517 in=1109 type=12
alert-sent ms=1002 out=524 in=1109 number=80 fatal=1
own ms=1002 out=524 in=1109
exited ms=1002 out=524 in=1109 result=-1
ends ms=1003 in=1109
outcome failed handshake

story php-curl, private-ca
begins ms=1000
sent ms=1000 type=1
received ms=1129 out=517 in=127 type=2
received ms=1130 out=517 in=161 type=8
received ms=1130 out=517 in=1071 type=11
bad ms=1200 out=517 in=1071 kept=1 enforced=1
alert-sent ms=1208 out=524 in=1071 number=48 fatal=1
own ms=1208 out=524 in=1071
exited ms=1208 out=524 in=1071 result=-1 verify=1
ends ms=1208 in=1071
outcome failed verification

story php-curl, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=98 type=2
received ms=1001 out=517 in=986 type=11
good ms=1009 out=517 in=986
received ms=1009 out=517 in=1105 type=12
received ms=1009 out=517 in=1168 type=13
received ms=1010 out=517 in=1177 type=14
sent ms=1010 out=517 in=1177 type=11
shown ms=1010 out=517 in=1177
sent ms=1010 out=517 in=1177 type=16
sent ms=1010 out=517 in=1177 type=20
heard ms=1010 out=622 in=1184
alert-received ms=1010 out=622 in=1184 number=40 fatal=1
own ms=1010 out=622 in=1184
exited ms=1010 out=622 in=1184 result=-1
ends ms=1011 in=1184
outcome failed handshake

story php-curl, wrong-name
begins ms=1000
sent ms=1001 type=1
received ms=1022 out=517 in=127 type=2
received ms=1022 out=517 in=161 type=8
received ms=1022 out=517 in=1080 type=11
good ms=1023 out=517 in=1080
unnamed ms=1119 out=517 in=1080
received ms=1120 out=517 in=1181 type=15
received ms=1120 out=517 in=1255 type=20
sent ms=1120 out=517 in=1255 type=20
done ms=1122 out=597 in=1255 version=772
alert-sent ms=1122 out=621 in=1255
ends ms=1122 in=1255 how=3
outcome failed name

story php-socket, wrong-name, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1080 type=11
good ms=1001 out=517 in=1080
unnamed ms=1001 out=517 in=1080
received ms=1001 out=517 in=1181 type=15
received ms=1001 out=517 in=1255 type=20
sent ms=1001 out=517 in=1255 type=20
done ms=1002 out=597 in=1255 version=772
asked ms=1002 out=597 in=1255 good=1
alert-sent ms=1002 out=621 in=1255
own ms=1002 out=621 in=1255 names=1
ends ms=1002 out=621 in=1255
outcome failed name

story posttls-finger, expired, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=517 in=127 type=2
received ms=1000 out=517 in=161 type=8
received ms=1000 out=517 in=1071 type=11
left ms=1001 out=517 in=1071
bad ms=1002 out=517 in=1071 kept=1 told=1
received ms=1002 out=517 in=1172 type=15
received ms=1002 out=517 in=1246 type=20
sent ms=1002 out=517 in=1246 type=20
done ms=1002 out=597 in=1246 version=772
asked ms=1002 out=597 in=1246
own ms=1027 out=597 in=1246
data-sent ms=1027 out=597 in=1246 bytes=26
received ms=1027 out=628 in=1501 type=4
received ms=1027 out=628 in=1756 type=4
own ms=1075 out=628 in=1833
data-received ms=1075 out=628 in=1833 bytes=72
alert-sent ms=1095 out=680 in=1864
own ms=1095 out=680 in=1864
ends ms=1095 out=680 in=1864
outcome went-on verification

story posttls-finger, good
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1071 type=11
left ms=1002 out=517 in=1071
good ms=1003 out=517 in=1071
received ms=1003 out=517 in=1172 type=15
received ms=1003 out=517 in=1246 type=20
sent ms=1003 out=517 in=1246 type=20
done ms=1013 out=597 in=1246 version=772
asked ms=1013 out=597 in=1246 good=1
own ms=1013 out=597 in=1246
data-sent ms=1013 out=597 in=1246 bytes=26
received ms=1013 out=628 in=1501 type=4
received ms=1013 out=628 in=1756 type=4
own ms=1076 out=628 in=1833
data-received ms=1076 out=628 in=1833 bytes=72
alert-sent ms=1076 out=680 in=1864
own ms=1076 out=680 in=1864
ends ms=1076 out=680 in=1864
outcome worked -

story posttls-finger, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1142 type=11
left ms=1001 out=517 in=1142
good ms=1002 out=517 in=1142
received ms=1002 out=517 in=1243 type=15
received ms=1002 out=517 in=1317 type=20
sent ms=1002 out=517 in=1317 type=11
shown ms=1002 out=517 in=1317
sent ms=1002 out=517 in=1317 type=20
done ms=1002 out=627 in=1317 version=772
asked ms=1002 out=627 in=1317 good=1
own ms=1002 out=627 in=1317
data-sent ms=1002 out=627 in=1317 bytes=26
own ms=1002 out=658 in=1317
data-sent ms=1002 out=658 in=1317 bytes=23
own ms=1002 out=658 in=1317
closes ms=1002 out=658 in=1317 met=1 peer=2
own ms=1002 out=658 in=1317
ends ms=1002 out=658 in=1317
outcome failed unanswered

story posttls-finger, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1016 out=517 in=127 type=2
received ms=1016 out=517 in=161 type=8
received ms=1016 out=517 in=232 type=13
received ms=1016 out=517 in=1142 type=11
left ms=1016 out=517 in=1142
good ms=1017 out=517 in=1142
received ms=1017 out=517 in=1244 type=15
received ms=1017 out=517 in=1318 type=20
sent ms=1017 out=517 in=1318 type=11
shown ms=1017 out=517 in=1318
sent ms=1017 out=517 in=1318 type=20
done ms=1017 out=627 in=1318 version=772
asked ms=1017 out=627 in=1318 good=1
own ms=1017 out=627 in=1318
data-sent ms=1017 out=627 in=1318 bytes=26
alert-received ms=1040 out=658 in=1342 number=116 fatal=1
own ms=1040 out=658 in=1342
ends ms=1040 out=658 in=1342
outcome failed late-alert

story proxytunnel, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1071 type=11
left ms=1001 out=317 in=1071
bad ms=1002 out=317 in=1071 kept=1
received ms=1002 out=317 in=1172 type=15
received ms=1002 out=317 in=1246 type=20
sent ms=1002 out=317 in=1246 type=20
done ms=1002 out=397 in=1246 version=772
asked ms=1002 out=397 in=1246
own ms=1004 out=397 in=1246
ends ms=1004 out=397 in=1246 how=2
outcome failed verification

story proxytunnel, good
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=317 in=127 type=2
received ms=1000 out=317 in=161 type=8
received ms=1000 out=317 in=1071 type=11
left ms=1001 out=317 in=1071
good ms=1001 out=317 in=1071
received ms=1001 out=317 in=1173 type=15
received ms=1001 out=317 in=1247 type=20
sent ms=1001 out=317 in=1247 type=20
done ms=1001 out=397 in=1247 version=772
asked ms=1001 out=397 in=1247 good=1
own ms=1001 out=397 in=1247 names=1
data-sent ms=1001 out=397 in=1247 bytes=104
received ms=1001 out=506 in=1502 type=4
received ms=1001 out=506 in=1757 type=4
own ms=1044 out=506 in=1875 names=1
data-received ms=1044 out=506 in=1875 bytes=113
alert-sent ms=1044 out=530 in=1875
own ms=1044 out=530 in=1875 names=1
ends ms=1044 out=530 in=1875
outcome worked -

story proxytunnel, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=317 in=127 type=2
received ms=1002 out=317 in=161 type=8
received ms=1002 out=317 in=232 type=13
received ms=1002 out=317 in=1142 type=11
left ms=1002 out=317 in=1142
good ms=1002 out=317 in=1142
received ms=1002 out=317 in=1243 type=15
received ms=1002 out=317 in=1317 type=20
sent ms=1003 out=317 in=1317 type=11
shown ms=1003 out=317 in=1317
sent ms=1003 out=317 in=1317 type=20
done ms=1003 out=427 in=1317 version=772
asked ms=1003 out=427 in=1317 good=1
own ms=1003 out=427 in=1317 names=1
data-sent ms=1003 out=427 in=1317 bytes=104
own ms=1018 out=536 in=1317 names=1
ends ms=1018 out=536 in=1317 how=2 met=1 peer=2
outcome failed unanswered

story proxytunnel, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1014 out=317 in=127 type=2
received ms=1014 out=317 in=161 type=8
received ms=1014 out=317 in=232 type=13
received ms=1014 out=317 in=1142 type=11
left ms=1014 out=317 in=1142
good ms=1015 out=317 in=1142
received ms=1015 out=317 in=1243 type=15
received ms=1015 out=317 in=1317 type=20
sent ms=1015 out=317 in=1317 type=11
shown ms=1015 out=317 in=1317
sent ms=1015 out=317 in=1317 type=20
done ms=1015 out=427 in=1317 version=772
asked ms=1015 out=427 in=1317 good=1
own ms=1015 out=427 in=1317 names=1
data-sent ms=1015 out=427 in=1317 bytes=104
alert-received ms=1018 out=536 in=1341 number=116 fatal=1
own ms=1018 out=536 in=1341 names=1
ends ms=1018 out=536 in=1341 how=2
outcome failed late-alert

story proxytunnel, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1080 type=11
left ms=1002 out=317 in=1080
good ms=1002 out=317 in=1080
unnamed ms=1002 out=317 in=1080
received ms=1002 out=317 in=1181 type=15
received ms=1002 out=317 in=1255 type=20
sent ms=1002 out=317 in=1255 type=20
done ms=1002 out=397 in=1255 version=772
asked ms=1002 out=397 in=1255 good=1
own ms=1002 out=397 in=1255 names=1
ends ms=1002 out=397 in=1255 how=2
outcome failed name

story psql, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1026 out=313 in=127 type=2
received ms=1026 out=313 in=161 type=8
received ms=1026 out=313 in=232 type=13
received ms=1026 out=313 in=1142 type=11
good ms=1027 out=313 in=1142
received ms=1027 out=313 in=1243 type=15
received ms=1027 out=313 in=1317 type=20
sent ms=1027 out=313 in=1317 type=11
shown ms=1027 out=313 in=1317
sent ms=1027 out=313 in=1317 type=20
done ms=1027 out=423 in=1317 version=772
data-sent ms=1027 out=423 in=1317 bytes=66
closes ms=1048 out=494 in=1317 met=1 peer=2
alert-sent ms=1049 out=518 in=1317
ends ms=1049 out=518 in=1317
outcome failed unanswered

story psql-require, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1026 out=313 in=127 type=2
received ms=1026 out=313 in=161 type=8
received ms=1026 out=313 in=232 type=13
received ms=1026 out=313 in=1142 type=11
left ms=1027 out=313 in=1142
bad ms=1028 out=313 in=1142 kept=1
received ms=1028 out=313 in=1244 type=15
received ms=1028 out=313 in=1318 type=20
sent ms=1028 out=313 in=1318 type=11
shown ms=1028 out=313 in=1318
sent ms=1028 out=313 in=1318 type=20
done ms=1030 out=423 in=1318 version=772
own ms=1030 out=423 in=1318
data-sent ms=1030 out=423 in=1318 bytes=66
own ms=1030 out=494 in=1318
closes ms=1030 out=494 in=1318 met=1 peer=2
alert-sent ms=1030 out=518 in=1318
own ms=1030 out=518 in=1318
ends ms=1030 out=518 in=1318
outcome failed unanswered

story pyopenssl, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1079 type=11
good ms=1002 out=317 in=1079
unnamed ms=1012 out=317 in=1079
received ms=1012 out=317 in=1180 type=15
received ms=1013 out=317 in=1254 type=20
sent ms=1013 out=317 in=1254 type=20
done ms=1013 out=397 in=1254 version=772
data-sent ms=1013 out=397 in=1254 bytes=35
received ms=1013 out=437 in=1509 type=4
received ms=1013 out=437 in=1764 type=4
data-received ms=1057 out=437 in=1882 bytes=113
alert-sent ms=1057 out=461 in=1882
ends ms=1057 out=461 in=1882
outcome went-on name

story python-no-name, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1003 out=517 in=161 type=8
received ms=1003 out=517 in=1080 type=11
good ms=1004 out=517 in=1080
unnamed ms=1022 out=517 in=1080
received ms=1022 out=517 in=1180 type=15
received ms=1022 out=517 in=1254 type=20
sent ms=1022 out=517 in=1254 type=20
done ms=1022 out=597 in=1254 version=772
data-sent ms=1022 out=597 in=1254 bytes=87
received ms=1024 out=689 in=1509 type=4
received ms=1064 out=689 in=1764 type=4
data-received ms=1064 out=689 in=1882 bytes=113
ends ms=1064 out=689 in=1882
outcome went-on name

story python-non-blocking, good, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=517 in=127 type=2
received ms=1002 out=517 in=161 type=8
received ms=1002 out=517 in=1071 type=11
good ms=1002 out=517 in=1071
received ms=1002 out=517 in=1171 type=15
received ms=1002 out=517 in=1245 type=20
sent ms=1002 out=517 in=1245 type=20
done ms=1003 out=597 in=1245 version=772
alert-sent ms=1049 out=661 in=1873
alert-received ms=1049 out=661 in=1897
ends ms=1049 out=661 in=1897
outcome worked -

story qt-manager, expired, and 3 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
bad ms=1003 out=517 in=1071 kept=1 told=1
received ms=1003 out=517 in=1173 type=15
received ms=1003 out=517 in=1247 type=20
sent ms=1003 out=517 in=1247 type=20
done ms=1003 out=517 in=1247 version=772
alert-sent ms=1016 out=517 in=1247
ends ms=1016 out=517 in=1247
outcome failed verification

story qt-manager, good
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1032 out=517 in=127 type=2
received ms=1032 out=517 in=161 type=8
received ms=1032 out=517 in=1071 type=11
good ms=1033 out=517 in=1071
received ms=1033 out=517 in=1173 type=15
received ms=1033 out=517 in=1247 type=20
sent ms=1033 out=517 in=1247 type=20
done ms=1033 out=517 in=1247 version=772
alert-sent ms=1093 out=766 in=1875
ends ms=1093 out=766 in=1875
outcome worked -

story qt-manager, wrong-name, and 1 more
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1018 out=517 in=127 type=2
received ms=1018 out=517 in=161 type=8
received ms=1018 out=517 in=1080 type=11
good ms=1019 out=517 in=1080
unnamed ms=1020 out=517 in=1080
received ms=1020 out=517 in=1180 type=15
received ms=1020 out=517 in=1254 type=20
sent ms=1020 out=517 in=1254 type=20
done ms=1020 out=517 in=1254 version=772
alert-sent ms=1040 out=517 in=1254
own ms=1040 out=517 in=1254 names=1
ends ms=1040 out=517 in=1254
outcome failed name

story radsecproxy, wrong-name, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=297 in=127 type=2
received ms=1001 out=297 in=161 type=8
received ms=1001 out=297 in=1079 type=11
good ms=1002 out=297 in=1079
nameless ms=1002 out=297 in=1079
received ms=1002 out=297 in=1179 type=15
received ms=1002 out=297 in=1253 type=20
sent ms=1002 out=297 in=1253 type=20
done ms=1015 out=377 in=1253 version=772
unnamed ms=1015 out=377 in=1253
asked ms=1015 out=377 in=1253 good=1
alert-sent ms=1015 out=401 in=1253
own ms=1015 out=401 in=1253 names=1
leaf ms=1015 out=401 in=1253 suited=1
ends ms=1015 out=401 in=1253
outcome failed name

story redis-cli, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1026 out=297 in=127 type=2
received ms=1026 out=297 in=161 type=8
received ms=1026 out=297 in=1072 type=11
good ms=1027 out=297 in=1072
nameless ms=1027 out=297 in=1072
received ms=1027 out=297 in=1172 type=15
received ms=1027 out=297 in=1246 type=20
sent ms=1027 out=297 in=1246 type=20
done ms=1027 out=377 in=1246 version=772
data-sent ms=1027 out=377 in=1246 bytes=31
received ms=1038 out=413 in=1501 type=4
received ms=1094 out=413 in=1756 type=4
data-received ms=1094 out=413 in=1785 bytes=24
ends ms=1094 out=413 in=1785 how=2
outcome worked -

story redis-cli, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1031 out=297 in=127 type=2
received ms=1031 out=297 in=161 type=8
received ms=1031 out=297 in=232 type=13
received ms=1031 out=297 in=1143 type=11
good ms=1032 out=297 in=1143
nameless ms=1032 out=297 in=1143
received ms=1032 out=297 in=1243 type=15
received ms=1032 out=297 in=1317 type=20
sent ms=1032 out=297 in=1317 type=11
shown ms=1032 out=297 in=1317
sent ms=1032 out=297 in=1317 type=20
done ms=1032 out=407 in=1317 version=772
data-sent ms=1032 out=407 in=1317 bytes=31
ends ms=1034 out=443 in=1317 how=2 met=1 peer=2
outcome failed unanswered

story redis-cli, wrong-name, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1025 out=297 in=127 type=2
received ms=1025 out=297 in=161 type=8
received ms=1025 out=297 in=1079 type=11
good ms=1026 out=297 in=1079
nameless ms=1026 out=297 in=1079
received ms=1026 out=297 in=1180 type=15
received ms=1026 out=297 in=1254 type=20
sent ms=1026 out=297 in=1254 type=20
done ms=1026 out=377 in=1254 version=772
unnamed ms=1026 out=377 in=1254
data-sent ms=1026 out=377 in=1254 bytes=31
received ms=1073 out=413 in=1509 type=4
received ms=1101 out=413 in=1764 type=4
data-received ms=1101 out=413 in=1793 bytes=24
ends ms=1101 out=413 in=1793 how=2
outcome went-on name

story redis-cli-insecure, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=297 in=127 type=2
received ms=1001 out=297 in=161 type=8
received ms=1001 out=297 in=1072 type=11
left ms=1001 out=297 in=1072
good ms=1001 out=297 in=1072
nameless ms=1001 out=297 in=1072
received ms=1001 out=297 in=1174 type=15
received ms=1002 out=297 in=1248 type=20
sent ms=1002 out=297 in=1248 type=20
done ms=1002 out=377 in=1248 version=772
own ms=1002 out=377 in=1248
data-sent ms=1002 out=377 in=1248 bytes=31
received ms=1002 out=413 in=1503 type=4
received ms=1002 out=413 in=1758 type=4
own ms=1044 out=413 in=1787
data-received ms=1044 out=413 in=1787 bytes=24
own ms=1044 out=413 in=1787
ends ms=1044 out=413 in=1787 how=2
outcome worked -

story redis-cli-insecure, only-1.0, and 2 more
begins ms=1000
sent ms=1000 type=1
received ms=1018 out=297 in=74 type=2
received ms=1018 out=297 in=963 type=11
left ms=1018 out=297 in=963
good ms=1018 out=297 in=963
nameless ms=1018 out=297 in=963
received ms=1018 out=297 in=1082 type=12
alert-sent ms=1029 out=304 in=1082 number=80 fatal=1
own ms=1029 out=304 in=1082
exited ms=1029 out=304 in=1082 result=-1
own ms=1050 out=304 in=1082
ends ms=1050 out=304 in=1082 how=2
outcome failed handshake

story redis-cli-insecure, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=297 in=127 type=2
received ms=1001 out=297 in=161 type=8
received ms=1001 out=297 in=232 type=13
received ms=1001 out=297 in=1143 type=11
left ms=1002 out=297 in=1143
good ms=1002 out=297 in=1143
nameless ms=1002 out=297 in=1143
received ms=1002 out=297 in=1245 type=15
received ms=1002 out=297 in=1319 type=20
sent ms=1002 out=297 in=1319 type=11
shown ms=1002 out=297 in=1319
sent ms=1002 out=297 in=1319 type=20
done ms=1002 out=407 in=1319 version=772
own ms=1002 out=407 in=1319
data-sent ms=1002 out=407 in=1319 bytes=31
own ms=1002 out=443 in=1319
ends ms=1003 out=443 in=1319 how=2 met=1 peer=2
outcome failed unanswered

story redis-cli-insecure, wants-cert-1.2, and 2 more
begins ms=1000
sent ms=1001 type=1
received ms=1044 out=297 in=70 type=2
received ms=1044 out=297 in=959 type=11
left ms=1044 out=297 in=959
good ms=1045 out=297 in=959
nameless ms=1045 out=297 in=959
received ms=1045 out=297 in=1079 type=12
received ms=1045 out=297 in=1142 type=13
received ms=1045 out=297 in=1151 type=14
sent ms=1045 out=297 in=1151 type=11
shown ms=1045 out=297 in=1151
sent ms=1045 out=297 in=1151 type=16
sent ms=1045 out=297 in=1151 type=20
heard ms=1057 out=402 in=1158
alert-received ms=1057 out=402 in=1158 number=40 fatal=1
own ms=1057 out=402 in=1158
exited ms=1057 out=402 in=1158 result=-1
own ms=1075 out=402 in=1158
ends ms=1075 out=402 in=1158 how=2
outcome failed handshake

story redis-cli-insecure, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1003 out=297 in=127 type=2
received ms=1003 out=297 in=161 type=8
received ms=1003 out=297 in=232 type=13
received ms=1003 out=297 in=1143 type=11
left ms=1004 out=297 in=1143
good ms=1004 out=297 in=1143
nameless ms=1004 out=297 in=1143
received ms=1004 out=297 in=1243 type=15
received ms=1004 out=297 in=1317 type=20
sent ms=1004 out=297 in=1317 type=11
shown ms=1004 out=297 in=1317
sent ms=1004 out=297 in=1317 type=20
done ms=1007 out=407 in=1317 version=772
own ms=1007 out=407 in=1317
data-sent ms=1007 out=407 in=1317 bytes=31
alert-received ms=1007 out=443 in=1341 number=116 fatal=1
own ms=1014 out=443 in=1341
ends ms=1014 out=443 in=1341 how=2
outcome failed late-alert

story redis-cli-insecure, wrong-name, and 1 more
begins ms=1000
sent ms=1001 type=1
received ms=1003 out=297 in=127 type=2
received ms=1003 out=297 in=161 type=8
received ms=1003 out=297 in=1079 type=11
left ms=1004 out=297 in=1079
good ms=1004 out=297 in=1079
nameless ms=1004 out=297 in=1079
received ms=1004 out=297 in=1180 type=15
received ms=1004 out=297 in=1254 type=20
sent ms=1004 out=297 in=1254 type=20
done ms=1005 out=377 in=1254 version=772
unnamed ms=1005 out=377 in=1254
own ms=1005 out=377 in=1254
data-sent ms=1005 out=377 in=1254 bytes=31
received ms=1007 out=413 in=1509 type=4
received ms=1007 out=413 in=1764 type=4
own ms=1067 out=413 in=1793
data-received ms=1067 out=413 in=1793 bytes=24
own ms=1067 out=413 in=1793
ends ms=1067 out=413 in=1793 how=2
outcome went-on name

story rsyslog, good
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=297 in=127 type=2
received ms=1000 out=297 in=161 type=8
received ms=1000 out=297 in=1071 type=11
good ms=1001 out=297 in=1071
nameless ms=1001 out=297 in=1071
received ms=1001 out=297 in=1173 type=15
received ms=1001 out=297 in=1247 type=20
sent ms=1001 out=297 in=1247 type=20
done ms=1003 out=377 in=1247 version=772
asked ms=1003 out=377 in=1247 good=1
own ms=1003 out=377 in=1247 names=3
data-sent ms=1003 out=377 in=1247 bytes=50
alert-sent ms=1608 out=456 in=1247
received ms=1608 out=456 in=1502 type=4
received ms=1608 out=456 in=1757 type=4
own ms=1608 out=456 in=1757 names=3
ends ms=1608 out=456 in=1757
outcome worked -

story rsyslog, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1049 out=297 in=127 type=2
received ms=1049 out=297 in=161 type=8
received ms=1049 out=297 in=232 type=13
received ms=1049 out=297 in=1142 type=11
good ms=1052 out=297 in=1142
nameless ms=1052 out=297 in=1142
received ms=1052 out=297 in=1243 type=15
received ms=1052 out=297 in=1317 type=20
sent ms=1052 out=297 in=1317 type=11
shown ms=1052 out=297 in=1317
sent ms=1052 out=297 in=1317 type=20
done ms=1052 out=407 in=1317 version=772
asked ms=1052 out=407 in=1317 good=1
own ms=1052 out=407 in=1317 names=3
data-sent ms=1052 out=407 in=1317 bytes=50
own ms=1599 out=462 in=1317 names=3
closes ms=1599 out=462 in=1317 met=1 peer=2
own ms=1599 out=462 in=1317 names=3
ends ms=1599 out=462 in=1317
outcome failed unanswered

story rsyslog, wants-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1004 out=297 in=127 type=2
received ms=1004 out=297 in=161 type=8
received ms=1004 out=297 in=232 type=13
received ms=1004 out=297 in=1142 type=11
good ms=1005 out=297 in=1142
nameless ms=1005 out=297 in=1142
received ms=1005 out=297 in=1242 type=15
received ms=1005 out=297 in=1316 type=20
sent ms=1005 out=297 in=1316 type=11
shown ms=1005 out=297 in=1316
sent ms=1005 out=297 in=1316 type=20
done ms=1005 out=407 in=1316 version=772
asked ms=1005 out=407 in=1316 good=1
own ms=1005 out=407 in=1316 names=3
data-sent ms=1005 out=407 in=1316 bytes=50
own ms=1600 out=462 in=1316 names=3
closes ms=1600 out=462 in=1316
alert-sent ms=1601 out=486 in=1316
alert-received ms=1601 out=486 in=1340 number=116 fatal=1
own ms=1601 out=486 in=1340 names=3
ends ms=1601 out=486 in=1340
outcome failed late-alert

story rsyslog-anon, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1042 out=415 in=127 type=2
received ms=1042 out=415 in=161 type=8
received ms=1042 out=415 in=1071 type=11
left ms=1043 out=415 in=1071
bad ms=1043 out=415 in=1071 kept=1 told=1
received ms=1043 out=415 in=1171 type=15
received ms=1044 out=415 in=1245 type=20
sent ms=1044 out=415 in=1245 type=20
done ms=1044 out=495 in=1245 version=772
own ms=1050 out=495 in=1245
data-sent ms=1050 out=495 in=1245 bytes=50
alert-sent ms=1622 out=574 in=1245
received ms=1622 out=574 in=1500 type=4
received ms=1622 out=574 in=1755 type=4
own ms=1622 out=574 in=1755
ends ms=1622 out=574 in=1755
outcome went-on verification

story rsyslog-anon, good
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=415 in=127 type=2
received ms=1003 out=415 in=161 type=8
received ms=1003 out=415 in=1072 type=11
left ms=1003 out=415 in=1072
good ms=1003 out=415 in=1072
nameless ms=1003 out=415 in=1072
received ms=1003 out=415 in=1173 type=15
received ms=1004 out=415 in=1247 type=20
sent ms=1004 out=415 in=1247 type=20
done ms=1004 out=495 in=1247 version=772
own ms=1004 out=495 in=1247
data-sent ms=1004 out=495 in=1247 bytes=50
alert-sent ms=1600 out=574 in=1247
received ms=1600 out=574 in=1502 type=4
received ms=1600 out=574 in=1757 type=4
own ms=1602 out=574 in=1757
ends ms=1602 out=574 in=1757
outcome worked -

story rsyslog-anon, only-1.0
begins ms=1000
sent ms=1001 type=1
received ms=1043 out=415 in=74 type=2
received ms=1043 out=415 in=963 type=11
left ms=1043 out=415 in=963
good ms=1043 out=415 in=963
nameless ms=1043 out=415 in=963
received ms=1043 out=415 in=1082 type=12
received ms=1044 out=415 in=1091 type=14
sent ms=1044 out=415 in=1091 type=16
sent ms=1044 out=415 in=1091 type=20
received ms=1047 out=520 in=1282 type=4
received ms=1047 out=520 in=1345 type=20
done ms=1047 out=520 in=1345 version=769
own ms=1047 out=520 in=1345
data-sent ms=1047 out=520 in=1345 bytes=36
own ms=1047 out=520 in=1345
data-sent ms=1047 out=520 in=1345 bytes=68
alert-sent ms=1615 out=675 in=1345
own ms=1615 out=675 in=1345
ends ms=1615 out=675 in=1345
outcome worked -

story rsyslog-anon, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=415 in=127 type=2
received ms=1001 out=415 in=161 type=8
received ms=1001 out=415 in=232 type=13
received ms=1001 out=415 in=1143 type=11
left ms=1001 out=415 in=1143
good ms=1002 out=415 in=1143
nameless ms=1002 out=415 in=1143
received ms=1002 out=415 in=1245 type=15
received ms=1002 out=415 in=1319 type=20
sent ms=1002 out=415 in=1319 type=11
shown ms=1002 out=415 in=1319
sent ms=1002 out=415 in=1319 type=20
done ms=1002 out=525 in=1319 version=772
own ms=1583 out=525 in=1319
closes ms=1583 out=525 in=1319 met=1 peer=2
own ms=1584 out=525 in=1319
ends ms=1584 out=525 in=1319
outcome failed unanswered

story rsyslog-anon, wants-cert-1.2, and 3 more
begins ms=1000
sent ms=1006 type=1
received ms=1010 out=415 in=70 type=2
received ms=1010 out=415 in=959 type=11
left ms=1010 out=415 in=959
good ms=1010 out=415 in=959
nameless ms=1010 out=415 in=959
received ms=1010 out=415 in=1078 type=12
received ms=1010 out=415 in=1141 type=13
received ms=1010 out=415 in=1150 type=14
sent ms=1010 out=415 in=1150 type=11
shown ms=1010 out=415 in=1150
sent ms=1011 out=415 in=1150 type=16
sent ms=1011 out=415 in=1150 type=20
heard ms=1011 out=520 in=1157
alert-received ms=1011 out=520 in=1157 number=40 fatal=1
own ms=1011 out=520 in=1157
exited ms=1011 out=520 in=1157 result=-1
own ms=1011 out=520 in=1157
ends ms=1011 out=520 in=1157
outcome failed handshake

story rsyslog-anon, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=415 in=127 type=2
received ms=1001 out=415 in=161 type=8
received ms=1001 out=415 in=232 type=13
received ms=1001 out=415 in=1143 type=11
left ms=1001 out=415 in=1143
good ms=1002 out=415 in=1143
nameless ms=1002 out=415 in=1143
received ms=1002 out=415 in=1245 type=15
received ms=1002 out=415 in=1319 type=20
sent ms=1002 out=415 in=1319 type=11
shown ms=1002 out=415 in=1319
sent ms=1002 out=415 in=1319 type=20
done ms=1002 out=525 in=1319 version=772
own ms=1002 out=525 in=1319
data-sent ms=1002 out=525 in=1319 bytes=50
own ms=1592 out=580 in=1319
closes ms=1592 out=580 in=1319
alert-sent ms=1592 out=604 in=1319
alert-received ms=1592 out=604 in=1343 number=116 fatal=1
own ms=1593 out=604 in=1343
ends ms=1593 out=604 in=1343
outcome failed late-alert

story rsyslog-anon, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=415 in=127 type=2
received ms=1003 out=415 in=161 type=8
received ms=1003 out=415 in=1079 type=11
left ms=1003 out=415 in=1079
good ms=1004 out=415 in=1079
nameless ms=1004 out=415 in=1079
received ms=1004 out=415 in=1179 type=15
received ms=1004 out=415 in=1253 type=20
sent ms=1004 out=415 in=1253 type=20
done ms=1004 out=495 in=1253 version=772
unnamed ms=1004 out=495 in=1253
own ms=1011 out=495 in=1253
data-sent ms=1011 out=495 in=1253 bytes=50
alert-sent ms=1607 out=574 in=1253
received ms=1607 out=574 in=1508 type=4
received ms=1607 out=574 in=1763 type=4
own ms=1611 out=574 in=1763
ends ms=1611 out=574 in=1763
outcome went-on name

story ruby-http, wrong-name, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1011 out=517 in=95 type=2
received ms=1012 out=517 in=129 type=8
received ms=1012 out=517 in=1047 type=11
bad ms=1232 out=517 in=1047 kept=1 enforced=1 told=1 own=1
alert-sent ms=1233 out=524 in=1047 number=42 fatal=1
own ms=1233 out=524 in=1047
exited ms=1233 out=524 in=1047 result=-1 verify=1
own ms=1299 out=524 in=1047
ends ms=1299 out=524 in=1047
outcome failed verification

story ruby-imap, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1003 out=517 in=95 type=2
received ms=1004 out=517 in=129 type=8
received ms=1004 out=517 in=200 type=13
received ms=1004 out=517 in=1110 type=11
good ms=1005 out=517 in=1110
received ms=1005 out=517 in=1212 type=15
received ms=1005 out=517 in=1286 type=20
sent ms=1005 out=517 in=1286 type=11
shown ms=1005 out=517 in=1286
sent ms=1005 out=517 in=1286 type=20
done ms=1005 out=621 in=1286 version=772
data-sent ms=1005 out=621 in=1286 bytes=30
data-sent ms=1005 out=656 in=1286 bytes=19
closes ms=1007 out=680 in=1286 met=1 peer=2
ends ms=1008 out=680 in=1286
outcome failed unanswered

story ruby-imap, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=95 type=2
received ms=1001 out=517 in=129 type=8
received ms=1001 out=517 in=200 type=13
received ms=1001 out=517 in=1110 type=11
good ms=1012 out=517 in=1110
received ms=1012 out=517 in=1210 type=15
received ms=1012 out=517 in=1284 type=20
sent ms=1012 out=517 in=1284 type=11
shown ms=1012 out=517 in=1284
sent ms=1012 out=517 in=1284 type=20
done ms=1012 out=621 in=1284 version=772
data-sent ms=1012 out=621 in=1284 bytes=30
data-sent ms=1012 out=656 in=1284 bytes=19
alert-received ms=1027 out=680 in=1308 number=116 fatal=1
closes ms=1028 out=680 in=1308
ends ms=1028 out=680 in=1308
outcome failed late-alert

story ruby-unverified, expired, and 7 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=95 type=2
received ms=1001 out=517 in=129 type=8
received ms=1001 out=517 in=1039 type=11
left ms=1001 out=517 in=1039
bad ms=1002 out=517 in=1039 kept=1 told=1
received ms=1002 out=517 in=1140 type=15
received ms=1002 out=517 in=1214 type=20
sent ms=1002 out=517 in=1214 type=20
done ms=1002 out=591 in=1214 version=772
own ms=1002 out=591 in=1214
data-sent ms=1002 out=591 in=1214 bytes=168
received ms=1004 out=764 in=1469 type=4
received ms=1048 out=764 in=1724 type=4
own ms=1048 out=764 in=1842
data-received ms=1048 out=764 in=1842 bytes=113
alert-sent ms=1048 out=788 in=1842
own ms=1049 out=788 in=1842
ends ms=1049 out=788 in=1842
outcome went-on verification

story ruby-unverified, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1002 out=517 in=95 type=2
received ms=1002 out=517 in=129 type=8
received ms=1002 out=517 in=200 type=13
received ms=1002 out=517 in=1110 type=11
left ms=1002 out=517 in=1110
bad ms=1003 out=517 in=1110 kept=1 told=1
received ms=1003 out=517 in=1212 type=15
received ms=1003 out=517 in=1286 type=20
sent ms=1003 out=517 in=1286 type=11
shown ms=1003 out=517 in=1286
sent ms=1003 out=517 in=1286 type=20
done ms=1012 out=621 in=1286 version=772
own ms=1012 out=621 in=1286
data-sent ms=1012 out=621 in=1286 bytes=168
own ms=1012 out=621 in=1286
closes ms=1012 out=621 in=1286 met=1 peer=2
own ms=1013 out=621 in=1286
ends ms=1013 out=621 in=1286
outcome failed unanswered

story ruby-unverified, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1008 out=517 in=95 type=2
received ms=1008 out=517 in=129 type=8
received ms=1008 out=517 in=200 type=13
received ms=1008 out=517 in=1110 type=11
left ms=1009 out=517 in=1110
bad ms=1009 out=517 in=1110 kept=1 told=1
received ms=1009 out=517 in=1211 type=15
received ms=1009 out=517 in=1285 type=20
sent ms=1009 out=517 in=1285 type=11
shown ms=1009 out=517 in=1285
sent ms=1009 out=517 in=1285 type=20
done ms=1015 out=621 in=1285 version=772
own ms=1015 out=621 in=1285
data-sent ms=1015 out=621 in=1285 bytes=168
alert-received ms=1015 out=794 in=1309 number=116 fatal=1
own ms=1015 out=794 in=1309
closes ms=1015 out=794 in=1309
own ms=1016 out=794 in=1309
ends ms=1016 out=794 in=1309
outcome failed late-alert

story s_client, expired
begins ms=1000
sent ms=1000 type=1
received ms=1021 out=317 in=127 type=2
received ms=1022 out=317 in=161 type=8
received ms=1022 out=317 in=1071 type=11
left ms=1022 out=317 in=1071
bad ms=1025 out=317 in=1071 kept=1 told=1
received ms=1025 out=317 in=1171 type=15
received ms=1026 out=317 in=1245 type=20
sent ms=1026 out=317 in=1245 type=20
done ms=1026 out=397 in=1245 version=772
asked ms=1026 out=397 in=1245
asked ms=1026 out=397 in=1245
received ms=1026 out=397 in=1500 type=4
own ms=1026 out=397 in=1500
data-sent ms=1026 out=397 in=1500 bytes=21
received ms=1026 out=423 in=1755 type=4
own ms=1026 out=423 in=1790
data-received ms=1026 out=423 in=1790 bytes=30
alert-received ms=1077 out=423 in=1814
alert-sent ms=1077 out=447 in=1814
own ms=1077 out=447 in=1814
ends ms=1077 out=447 in=1814
outcome went-on verification

story s_client, good
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=317 in=127 type=2
received ms=1004 out=317 in=161 type=8
received ms=1004 out=317 in=1071 type=11
left ms=1004 out=317 in=1071
good ms=1005 out=317 in=1071
received ms=1005 out=317 in=1172 type=15
received ms=1005 out=317 in=1246 type=20
sent ms=1005 out=317 in=1246 type=20
done ms=1006 out=397 in=1246 version=772
asked ms=1006 out=397 in=1246 good=1
asked ms=1006 out=397 in=1246 good=1
received ms=1006 out=397 in=1501 type=4
own ms=1006 out=397 in=1501
data-sent ms=1006 out=397 in=1501 bytes=21
received ms=1006 out=423 in=1756 type=4
own ms=1006 out=423 in=1791
data-received ms=1006 out=423 in=1791 bytes=30
alert-received ms=1048 out=423 in=1815
alert-sent ms=1048 out=447 in=1815
own ms=1048 out=447 in=1815
ends ms=1048 out=447 in=1815
outcome worked -

story s_client, private-ca
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=317 in=127 type=2
received ms=1000 out=317 in=161 type=8
received ms=1000 out=317 in=1071 type=11
left ms=1001 out=317 in=1071
bad ms=1055 out=317 in=1071 kept=1 told=1
received ms=1055 out=317 in=1172 type=15
received ms=1055 out=317 in=1246 type=20
sent ms=1055 out=317 in=1246 type=20
done ms=1066 out=397 in=1246 version=772
asked ms=1066 out=397 in=1246
asked ms=1066 out=397 in=1246
received ms=1067 out=397 in=1501 type=4
received ms=1067 out=397 in=1756 type=4
own ms=1067 out=397 in=1791
data-received ms=1067 out=397 in=1791 bytes=30
own ms=1067 out=397 in=1791
data-sent ms=1067 out=397 in=1791 bytes=21
alert-received ms=1067 out=423 in=1815
alert-sent ms=1067 out=447 in=1815
own ms=1067 out=447 in=1815
ends ms=1067 out=447 in=1815
outcome went-on verification

story s_client, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1015 out=317 in=127 type=2
received ms=1015 out=317 in=161 type=8
received ms=1015 out=317 in=232 type=13
received ms=1015 out=317 in=1142 type=11
left ms=1015 out=317 in=1142
good ms=1017 out=317 in=1142
received ms=1017 out=317 in=1243 type=15
received ms=1017 out=317 in=1317 type=20
sent ms=1017 out=317 in=1317 type=11
shown ms=1017 out=317 in=1317
sent ms=1017 out=317 in=1317 type=20
done ms=1017 out=427 in=1317 version=772
asked ms=1017 out=427 in=1317 good=1
asked ms=1017 out=427 in=1317 good=1
own ms=1017 out=427 in=1317
data-sent ms=1017 out=427 in=1317 bytes=21
own ms=1020 out=453 in=1317
closes ms=1020 out=453 in=1317 met=1 peer=2
own ms=1021 out=453 in=1317
ends ms=1021 out=453 in=1317
outcome failed unanswered

story s_client, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1016 out=317 in=127 type=2
received ms=1016 out=317 in=161 type=8
received ms=1016 out=317 in=232 type=13
received ms=1016 out=317 in=1142 type=11
left ms=1016 out=317 in=1142
good ms=1017 out=317 in=1142
received ms=1017 out=317 in=1243 type=15
received ms=1017 out=317 in=1317 type=20
sent ms=1017 out=317 in=1317 type=11
shown ms=1017 out=317 in=1317
sent ms=1017 out=317 in=1317 type=20
done ms=1017 out=427 in=1317 version=772
asked ms=1017 out=427 in=1317 good=1
asked ms=1017 out=427 in=1317 good=1
own ms=1017 out=427 in=1317
data-sent ms=1017 out=427 in=1317 bytes=21
alert-received ms=1048 out=453 in=1341 number=116 fatal=1
own ms=1048 out=453 in=1341
closes ms=1048 out=453 in=1341
own ms=1064 out=453 in=1341
ends ms=1064 out=453 in=1341
outcome failed late-alert

story s_client, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1025 out=317 in=127 type=2
received ms=1025 out=317 in=161 type=8
received ms=1025 out=317 in=1080 type=11
left ms=1025 out=317 in=1080
good ms=1026 out=317 in=1080
unnamed ms=1026 out=317 in=1080
received ms=1026 out=317 in=1182 type=15
received ms=1026 out=317 in=1256 type=20
sent ms=1026 out=317 in=1256 type=20
done ms=1026 out=397 in=1256 version=772
asked ms=1026 out=397 in=1256 good=1
asked ms=1026 out=397 in=1256 good=1
own ms=1026 out=397 in=1256
data-sent ms=1026 out=397 in=1256 bytes=21
received ms=1029 out=423 in=1511 type=4
received ms=1077 out=423 in=1766 type=4
own ms=1077 out=423 in=1801
data-received ms=1077 out=423 in=1801 bytes=30
alert-received ms=1077 out=423 in=1825
alert-sent ms=1077 out=447 in=1825
own ms=1093 out=447 in=1825
ends ms=1093 out=447 in=1825
outcome went-on name

story s_client-dtls, expired
begins ms=1000 datagram=1
sent ms=1000 type=1
received ms=1000 out=225 in=1250 type=2
received ms=1000 out=225 in=1250 type=11
bad ms=1002 out=225 in=1250 kept=1 enforced=1 told=1
alert-sent ms=1002 out=240 in=1250 number=45 fatal=1
own ms=1002 out=240 in=1250
exited ms=1002 out=240 in=1250 result=-1 verify=1
own ms=1507 out=240 in=1250
ends ms=1507 out=240 in=1250
outcome failed verification

story s_client-dtls, good
begins ms=1000 datagram=1
sent ms=1000 type=1
received ms=1001 out=225 in=1252 type=2
received ms=1001 out=225 in=1252 type=11
good ms=1002 out=225 in=1252
received ms=1002 out=225 in=1252 type=12
received ms=1002 out=225 in=1252 type=14
sent ms=1002 out=225 in=1252 type=16
sent ms=1002 out=225 in=1252 type=20
received ms=1002 out=358 in=1518 type=4
received ms=1002 out=358 in=1518 type=20
done ms=1002 out=358 in=1518 version=65277
asked ms=1002 out=358 in=1518 good=1
alert-sent ms=1503 out=438 in=1567
ends ms=2005 out=438 in=1567
outcome worked -

story s_client-dtls, private-ca
begins ms=1000 datagram=1
sent ms=1000 type=1
received ms=1001 out=225 in=1253 type=2
received ms=1001 out=225 in=1253 type=11
bad ms=1040 out=225 in=1253 kept=1 enforced=1 told=1
alert-sent ms=1041 out=240 in=1253 number=48 fatal=1
own ms=1041 out=240 in=1253
exited ms=1041 out=240 in=1253 result=-1 verify=1
own ms=1545 out=240 in=1253
ends ms=1545 out=240 in=1253
outcome failed verification

story s_client-dtls, wants-cert-1.2
begins ms=1000 datagram=1
sent ms=1000 type=1
received ms=1006 out=225 in=1355 type=2
received ms=1006 out=225 in=1355 type=11
good ms=1006 out=225 in=1355
received ms=1006 out=225 in=1355 type=12
received ms=1007 out=225 in=1355 type=13
received ms=1007 out=225 in=1355 type=14
sent ms=1007 out=225 in=1355 type=11
shown ms=1007 out=225 in=1355
sent ms=1007 out=225 in=1355 type=16
sent ms=1007 out=225 in=1355 type=20
heard ms=1007 out=386 in=1370
alert-received ms=1007 out=386 in=1370 number=40 fatal=1
own ms=1007 out=386 in=1370
exited ms=1007 out=386 in=1370 result=-1
own ms=1008 out=386 in=1370
closes ms=1008 out=386 in=1370
own ms=1510 out=386 in=1370
ends ms=1510 out=386 in=1370
outcome failed handshake

story s_client-dtls, wrong-name
begins ms=1000 datagram=1
sent ms=1000 type=1
received ms=1002 out=225 in=1259 type=2
received ms=1002 out=225 in=1259 type=11
good ms=1002 out=225 in=1259
unnamed ms=1007 out=225 in=1259
received ms=1007 out=225 in=1259 type=12
received ms=1007 out=225 in=1259 type=14
sent ms=1007 out=225 in=1259 type=16
sent ms=1008 out=225 in=1259 type=20
received ms=1008 out=358 in=1525 type=4
received ms=1009 out=358 in=1525 type=20
done ms=1009 out=358 in=1525 version=65277
asked ms=1009 out=358 in=1525 good=1
data-sent ms=1011 out=358 in=1525 bytes=28
data-received ms=1016 out=399 in=1574 bytes=36
alert-sent ms=1501 out=438 in=1574
ends ms=2003 out=438 in=1574
outcome went-on name

story s_client-name, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=317 in=127 type=2
received ms=1000 out=317 in=161 type=8
received ms=1000 out=317 in=1072 type=11
good ms=1003 out=317 in=1072
received ms=1003 out=317 in=1173 type=15
received ms=1003 out=317 in=1247 type=20
sent ms=1003 out=317 in=1247 type=20
done ms=1003 out=397 in=1247 version=772
asked ms=1003 out=397 in=1247 good=1
asked ms=1003 out=397 in=1247 good=1
alert-received ms=1049 out=423 in=1816
alert-sent ms=1049 out=447 in=1816
ends ms=1049 out=447 in=1816
outcome worked -

story s_client-name, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1143 type=11
good ms=1005 out=317 in=1143
received ms=1005 out=317 in=1244 type=15
received ms=1005 out=317 in=1318 type=20
sent ms=1005 out=317 in=1318 type=11
shown ms=1005 out=317 in=1318
sent ms=1005 out=317 in=1318 type=20
done ms=1005 out=427 in=1318 version=772
asked ms=1005 out=427 in=1318 good=1
asked ms=1005 out=427 in=1318 good=1
closes ms=1006 out=427 in=1318 met=1 peer=2
ends ms=1006 out=427 in=1318
outcome failed unanswered

story s_client-name, wants-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1143 type=11
good ms=1002 out=317 in=1143
received ms=1002 out=317 in=1245 type=15
received ms=1002 out=317 in=1319 type=20
sent ms=1002 out=317 in=1319 type=11
shown ms=1002 out=317 in=1319
sent ms=1002 out=317 in=1319 type=20
done ms=1002 out=427 in=1319 version=772
asked ms=1002 out=427 in=1319 good=1
asked ms=1002 out=427 in=1319 good=1
alert-received ms=1002 out=427 in=1343 number=116 fatal=1
closes ms=1003 out=427 in=1343
ends ms=1003 out=427 in=1343
outcome failed late-alert

story s_client-smtp, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1071 type=11
left ms=1001 out=317 in=1071
bad ms=1013 out=317 in=1071 kept=1 told=1
received ms=1013 out=317 in=1173 type=15
received ms=1013 out=317 in=1247 type=20
sent ms=1013 out=317 in=1247 type=20
done ms=1013 out=397 in=1247 version=772
asked ms=1013 out=397 in=1247
asked ms=1013 out=397 in=1247
received ms=1013 out=397 in=1502 type=4
own ms=1013 out=397 in=1502
data-sent ms=1013 out=397 in=1502 bytes=23
received ms=1013 out=425 in=1757 type=4
own ms=1064 out=425 in=1789
data-received ms=1064 out=425 in=1789 bytes=27
alert-sent ms=1285 out=449 in=1789
own ms=1285 out=449 in=1789
ends ms=1285 out=449 in=1789
outcome went-on verification

story s_client-smtp, good
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1071 type=11
left ms=1001 out=317 in=1071
good ms=1002 out=317 in=1071
received ms=1002 out=317 in=1173 type=15
received ms=1002 out=317 in=1247 type=20
sent ms=1002 out=317 in=1247 type=20
done ms=1002 out=397 in=1247 version=772
asked ms=1002 out=397 in=1247 good=1
asked ms=1002 out=397 in=1247 good=1
received ms=1002 out=397 in=1502 type=4
own ms=1002 out=397 in=1502
data-sent ms=1002 out=397 in=1502 bytes=23
received ms=1002 out=425 in=1757 type=4
own ms=1047 out=425 in=1789
data-received ms=1047 out=425 in=1789 bytes=27
alert-sent ms=1278 out=449 in=1789
own ms=1278 out=449 in=1789
ends ms=1278 out=449 in=1789
outcome worked -

story s_client-smtp, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1142 type=11
left ms=1001 out=317 in=1142
good ms=1001 out=317 in=1142
received ms=1001 out=317 in=1244 type=15
received ms=1002 out=317 in=1318 type=20
sent ms=1002 out=317 in=1318 type=11
shown ms=1002 out=317 in=1318
sent ms=1002 out=317 in=1318 type=20
done ms=1002 out=427 in=1318 version=772
asked ms=1002 out=427 in=1318 good=1
asked ms=1002 out=427 in=1318 good=1
own ms=1002 out=427 in=1318
closes ms=1002 out=427 in=1318 met=1 peer=2
own ms=1002 out=427 in=1318
ends ms=1002 out=427 in=1318
outcome failed unanswered

story s_client-smtp, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1142 type=11
left ms=1001 out=317 in=1142
good ms=1002 out=317 in=1142
received ms=1002 out=317 in=1242 type=15
received ms=1002 out=317 in=1316 type=20
sent ms=1002 out=317 in=1316 type=11
shown ms=1002 out=317 in=1316
sent ms=1002 out=317 in=1316 type=20
done ms=1002 out=427 in=1316 version=772
asked ms=1002 out=427 in=1316 good=1
asked ms=1002 out=427 in=1316 good=1
alert-received ms=1002 out=427 in=1340 number=116 fatal=1
own ms=1002 out=427 in=1340
closes ms=1002 out=427 in=1340
own ms=1003 out=427 in=1340
ends ms=1003 out=427 in=1340
outcome failed late-alert

story s_client-smtp, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1080 type=11
left ms=1001 out=317 in=1080
good ms=1001 out=317 in=1080
unnamed ms=1002 out=317 in=1080
received ms=1002 out=317 in=1181 type=15
received ms=1002 out=317 in=1255 type=20
sent ms=1002 out=317 in=1255 type=20
done ms=1004 out=397 in=1255 version=772
asked ms=1004 out=397 in=1255 good=1
asked ms=1004 out=397 in=1255 good=1
received ms=1004 out=397 in=1510 type=4
own ms=1004 out=397 in=1510
data-sent ms=1004 out=397 in=1510 bytes=23
received ms=1012 out=425 in=1765 type=4
own ms=1049 out=425 in=1797
data-received ms=1049 out=425 in=1797 bytes=27
alert-sent ms=1289 out=449 in=1797
own ms=1308 out=449 in=1797
ends ms=1308 out=449 in=1797
outcome went-on name

story s_client-strict, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1004 out=317 in=127 type=2
received ms=1005 out=317 in=161 type=8
received ms=1005 out=317 in=232 type=13
received ms=1005 out=317 in=1143 type=11
good ms=1005 out=317 in=1143
received ms=1005 out=317 in=1243 type=15
received ms=1006 out=317 in=1317 type=20
sent ms=1006 out=317 in=1317 type=11
shown ms=1006 out=317 in=1317
sent ms=1006 out=317 in=1317 type=20
done ms=1006 out=427 in=1317 version=772
asked ms=1006 out=427 in=1317 good=1
asked ms=1006 out=427 in=1317 good=1
data-sent ms=1006 out=427 in=1317 bytes=21
closes ms=1017 out=453 in=1317 met=1 peer=2
ends ms=1017 out=453 in=1317
outcome failed unanswered

story s_client-strict, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=1080 type=11
good ms=1006 out=317 in=1080
unnamed ms=1006 out=317 in=1080
received ms=1007 out=317 in=1181 type=15
received ms=1007 out=317 in=1255 type=20
sent ms=1007 out=317 in=1255 type=20
done ms=1007 out=397 in=1255 version=772
asked ms=1007 out=397 in=1255 good=1
asked ms=1007 out=397 in=1255 good=1
data-sent ms=1007 out=397 in=1255 bytes=21
received ms=1009 out=423 in=1510 type=4
received ms=1055 out=423 in=1765 type=4
data-received ms=1055 out=423 in=1800 bytes=30
alert-received ms=1056 out=423 in=1824
alert-sent ms=1056 out=447 in=1824
ends ms=1056 out=447 in=1824
outcome went-on name

story siege, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=317 in=127 type=2
received ms=1001 out=317 in=161 type=8
received ms=1001 out=317 in=232 type=13
received ms=1001 out=317 in=1142 type=11
left ms=1001 out=317 in=1142
bad ms=1002 out=317 in=1142 kept=1
received ms=1002 out=317 in=1242 type=15
received ms=1002 out=317 in=1316 type=20
sent ms=1002 out=317 in=1316 type=11
shown ms=1002 out=317 in=1316
sent ms=1002 out=317 in=1316 type=20
done ms=1028 out=427 in=1316 version=772
own ms=1028 out=427 in=1316
data-sent ms=1028 out=427 in=1316 bytes=183
own ms=1028 out=427 in=1316
closes ms=1028 out=427 in=1316 met=1 peer=2
own ms=1028 out=427 in=1316
closes ms=1028 out=427 in=1316
own ms=1028 out=427 in=1316
closes ms=1028 out=427 in=1316
own ms=1028 out=427 in=1316
closes ms=1028 out=427 in=1316
own ms=1028 out=427 in=1316
closes ms=1028 out=427 in=1316
own ms=1028 out=427 in=1316
ends ms=1028 out=427 in=1316
outcome failed unanswered

story siege, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1027 out=317 in=70 type=2
received ms=1027 out=317 in=958 type=11
left ms=1027 out=317 in=958
bad ms=1028 out=317 in=958 kept=1
received ms=1028 out=317 in=1078 type=12
received ms=1028 out=317 in=1141 type=13
received ms=1028 out=317 in=1150 type=14
sent ms=1028 out=317 in=1150 type=11
shown ms=1028 out=317 in=1150
sent ms=1028 out=317 in=1150 type=16
sent ms=1028 out=317 in=1150 type=20
heard ms=1067 out=422 in=1157
alert-received ms=1067 out=422 in=1157 number=40 fatal=1
own ms=1067 out=422 in=1157
exited ms=1067 out=422 in=1157 result=-1
own ms=1075 out=422 in=1157
closes ms=1075 out=422 in=1157
own ms=1075 out=422 in=1157
closes ms=1075 out=422 in=1157
own ms=1075 out=422 in=1157
closes ms=1075 out=422 in=1157
own ms=1075 out=422 in=1157
closes ms=1075 out=422 in=1157
own ms=1075 out=422 in=1157
closes ms=1075 out=422 in=1157
own ms=1075 out=422 in=1157
ends ms=1075 out=422 in=1157
outcome failed handshake

story siege, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1019 out=317 in=127 type=2
received ms=1019 out=317 in=161 type=8
received ms=1019 out=317 in=232 type=13
received ms=1019 out=317 in=1142 type=11
left ms=1020 out=317 in=1142
bad ms=1021 out=317 in=1142 kept=1
received ms=1021 out=317 in=1242 type=15
received ms=1021 out=317 in=1316 type=20
sent ms=1021 out=317 in=1316 type=11
shown ms=1021 out=317 in=1316
sent ms=1021 out=317 in=1316 type=20
done ms=1039 out=427 in=1316 version=772
own ms=1039 out=427 in=1316
data-sent ms=1039 out=427 in=1316 bytes=183
alert-received ms=1039 out=615 in=1340 number=116 fatal=1
own ms=1039 out=615 in=1340
closes ms=1039 out=615 in=1340
own ms=1039 out=615 in=1340
closes ms=1039 out=615 in=1340
own ms=1039 out=615 in=1340
closes ms=1039 out=615 in=1340
own ms=1039 out=615 in=1340
closes ms=1039 out=615 in=1340
own ms=1039 out=615 in=1340
closes ms=1039 out=615 in=1340
own ms=1039 out=615 in=1340
ends ms=1039 out=615 in=1340
outcome failed late-alert

story smtplib-unverified, reset-cert-1.3, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=232 type=13
received ms=1001 out=517 in=1143 type=11
left ms=1001 out=517 in=1143
bad ms=1002 out=517 in=1143 kept=1
received ms=1002 out=517 in=1244 type=15
received ms=1002 out=517 in=1318 type=20
sent ms=1002 out=517 in=1318 type=11
shown ms=1002 out=517 in=1318
sent ms=1002 out=517 in=1318 type=20
done ms=1002 out=627 in=1318 version=772
own ms=1002 out=627 in=1318
data-sent ms=1002 out=627 in=1318 bytes=23
own ms=1002 out=627 in=1318
ends ms=1002 out=627 in=1318 met=1 peer=2
outcome failed unanswered

story socat, good
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=420 in=160 type=2
received ms=1006 out=420 in=220 type=8
received ms=1006 out=420 in=1130 type=11
good ms=1006 out=420 in=1130
received ms=1006 out=420 in=1232 type=15
received ms=1007 out=420 in=1306 type=20
sent ms=1007 out=420 in=1306 type=20
done ms=1007 out=500 in=1306 version=772
asked ms=1007 out=500 in=1306 good=1
alert-sent ms=1007 out=550 in=1306
alert-received ms=1009 out=550 in=1875
ends ms=1009 out=550 in=1875
outcome worked -

story socat, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=420 in=160 type=2
received ms=1001 out=420 in=220 type=8
received ms=1001 out=420 in=291 type=13
received ms=1001 out=420 in=1201 type=11
good ms=1001 out=420 in=1201
received ms=1001 out=420 in=1301 type=15
received ms=1001 out=420 in=1375 type=20
sent ms=1001 out=420 in=1375 type=11
shown ms=1001 out=420 in=1375
sent ms=1001 out=420 in=1375 type=20
done ms=1001 out=530 in=1375 version=772
asked ms=1001 out=530 in=1375 good=1
data-sent ms=1002 out=530 in=1375 bytes=21
alert-received ms=1002 out=556 in=1399 number=116 fatal=1
closes ms=1002 out=556 in=1399
closes ms=1002 out=556 in=1399
ends ms=1002 out=556 in=1399
outcome failed late-alert

story socat-unverified, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=420 in=160 type=2
received ms=1001 out=420 in=220 type=8
received ms=1001 out=420 in=1130 type=11
left ms=1001 out=420 in=1130
bad ms=1038 out=420 in=1130 kept=1
received ms=1038 out=420 in=1231 type=15
received ms=1038 out=420 in=1305 type=20
sent ms=1038 out=420 in=1305 type=20
done ms=1038 out=500 in=1305 version=772
own ms=1038 out=500 in=1305
data-sent ms=1038 out=500 in=1305 bytes=21
alert-sent ms=1039 out=550 in=1305
received ms=1039 out=550 in=1560 type=4
received ms=1039 out=550 in=1815 type=4
own ms=1039 out=550 in=1850
data-received ms=1039 out=550 in=1850 bytes=30
alert-received ms=1039 out=550 in=1874
own ms=1039 out=550 in=1874
ends ms=1039 out=550 in=1874
outcome went-on verification

story socat-unverified, good
begins ms=1000
sent ms=1000 type=1
received ms=1006 out=420 in=160 type=2
received ms=1007 out=420 in=220 type=8
received ms=1007 out=420 in=1130 type=11
left ms=1007 out=420 in=1130
good ms=1008 out=420 in=1130
received ms=1008 out=420 in=1231 type=15
received ms=1008 out=420 in=1305 type=20
sent ms=1008 out=420 in=1305 type=20
done ms=1008 out=500 in=1305 version=772
own ms=1008 out=500 in=1305
data-sent ms=1008 out=500 in=1305 bytes=21
alert-sent ms=1008 out=550 in=1305
received ms=1018 out=550 in=1560 type=4
received ms=1018 out=550 in=1815 type=4
own ms=1018 out=550 in=1850
data-received ms=1018 out=550 in=1850 bytes=30
alert-received ms=1018 out=550 in=1874
own ms=1018 out=550 in=1874
ends ms=1018 out=550 in=1874
outcome worked -

story socat-unverified, reset-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=420 in=160 type=2
received ms=1001 out=420 in=220 type=8
received ms=1001 out=420 in=291 type=13
received ms=1001 out=420 in=1201 type=11
left ms=1002 out=420 in=1201
good ms=1002 out=420 in=1201
received ms=1002 out=420 in=1303 type=15
received ms=1002 out=420 in=1377 type=20
sent ms=1002 out=420 in=1377 type=11
shown ms=1002 out=420 in=1377
sent ms=1002 out=420 in=1377 type=20
done ms=1002 out=530 in=1377 version=772
own ms=1003 out=530 in=1377
data-sent ms=1003 out=530 in=1377 bytes=21
own ms=1003 out=530 in=1377
closes ms=1003 out=530 in=1377 met=1 peer=2
own ms=1003 out=530 in=1377
ends ms=1003 out=530 in=1377
outcome failed unanswered

story socat-unverified, wants-cert-1.3
begins ms=1000
sent ms=1001 type=1
received ms=1001 out=420 in=160 type=2
received ms=1002 out=420 in=220 type=8
received ms=1002 out=420 in=291 type=13
received ms=1002 out=420 in=1201 type=11
left ms=1002 out=420 in=1201
good ms=1002 out=420 in=1201
received ms=1002 out=420 in=1302 type=15
received ms=1003 out=420 in=1376 type=20
sent ms=1003 out=420 in=1376 type=11
shown ms=1003 out=420 in=1376
sent ms=1003 out=420 in=1376 type=20
done ms=1003 out=530 in=1376 version=772
own ms=1003 out=530 in=1376
data-sent ms=1003 out=530 in=1376 bytes=21
alert-received ms=1003 out=556 in=1400 number=116 fatal=1
own ms=1003 out=556 in=1400
closes ms=1003 out=556 in=1400
own ms=1003 out=556 in=1400
closes ms=1003 out=556 in=1400
own ms=1003 out=556 in=1400
ends ms=1003 out=556 in=1400
outcome failed late-alert

story socat-unverified, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=420 in=160 type=2
received ms=1001 out=420 in=220 type=8
received ms=1001 out=420 in=1139 type=11
left ms=1002 out=420 in=1139
good ms=1002 out=420 in=1139
unnamed ms=1012 out=420 in=1139
received ms=1012 out=420 in=1240 type=15
received ms=1012 out=420 in=1314 type=20
sent ms=1012 out=420 in=1314 type=20
done ms=1013 out=500 in=1314 version=772
own ms=1013 out=500 in=1314
data-sent ms=1013 out=500 in=1314 bytes=21
received ms=1013 out=526 in=1569 type=4
received ms=1013 out=526 in=1824 type=4
alert-sent ms=1013 out=550 in=1824
own ms=1013 out=550 in=1859
data-received ms=1013 out=550 in=1859 bytes=30
alert-received ms=1013 out=550 in=1883
own ms=1013 out=550 in=1883
ends ms=1013 out=550 in=1883
outcome went-on name

story squid, private-ca
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=321 in=127 type=2
received ms=1001 out=321 in=161 type=8
received ms=1001 out=321 in=1071 type=11
bad ms=1018 out=321 in=1071 kept=1 told=1
received ms=1018 out=321 in=1172 type=15
received ms=1018 out=321 in=1246 type=20
sent ms=1018 out=321 in=1246 type=20
done ms=1023 out=401 in=1246 version=772
bad ms=1060 out=401 in=1246 kept=1 enforced=1 told=1
alert-sent ms=1060 out=425 in=1246
ends ms=1060 out=425 in=1246
outcome failed verification

story stunnel-unverified, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1005 out=337 in=127 type=2
received ms=1005 out=337 in=161 type=8
received ms=1005 out=337 in=232 type=13
received ms=1005 out=337 in=1143 type=11
left ms=1006 out=337 in=1143
bad ms=1007 out=337 in=1143 kept=1 told=1
received ms=1007 out=337 in=1244 type=15
received ms=1007 out=337 in=1318 type=20
sent ms=1007 out=337 in=1318 type=11
shown ms=1007 out=337 in=1318
sent ms=1007 out=337 in=1318 type=20
done ms=1007 out=447 in=1318 version=772
own ms=1007 out=447 in=1318
data-sent ms=1007 out=447 in=1318 bytes=22
own ms=1007 out=447 in=1318
ends ms=1007 out=447 in=1318 met=1 peer=2
outcome failed unanswered

story stunnel-unverified, wants-cert-1.2
begins ms=1000
sent ms=1001 type=1
received ms=1004 out=337 in=70 type=2
received ms=1004 out=337 in=959 type=11
left ms=1004 out=337 in=959
bad ms=1005 out=337 in=959 kept=1 told=1
received ms=1005 out=337 in=1080 type=12
received ms=1005 out=337 in=1143 type=13
received ms=1005 out=337 in=1152 type=14
sent ms=1005 out=337 in=1152 type=11
shown ms=1005 out=337 in=1152
sent ms=1005 out=337 in=1152 type=16
sent ms=1006 out=337 in=1152 type=20
heard ms=1023 out=442 in=1159
alert-received ms=1023 out=442 in=1159 number=40 fatal=1
own ms=1023 out=442 in=1159
exited ms=1023 out=442 in=1159 result=-1
own ms=1023 out=442 in=1159
ends ms=1023 out=442 in=1159
outcome failed handshake

story stunnel-unverified, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1003 out=337 in=127 type=2
received ms=1003 out=337 in=161 type=8
received ms=1003 out=337 in=232 type=13
received ms=1003 out=337 in=1143 type=11
left ms=1004 out=337 in=1143
bad ms=1005 out=337 in=1143 kept=1 told=1
received ms=1005 out=337 in=1245 type=15
received ms=1005 out=337 in=1319 type=20
sent ms=1005 out=337 in=1319 type=11
shown ms=1005 out=337 in=1319
sent ms=1005 out=337 in=1319 type=20
done ms=1008 out=447 in=1319 version=772
alert-received ms=1008 out=447 in=1343 number=116 fatal=1
own ms=1012 out=447 in=1343
ends ms=1012 out=447 in=1343
outcome failed late-alert

story swaks, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=127 type=2
received ms=1009 out=517 in=161 type=8
received ms=1009 out=517 in=232 type=13
received ms=1009 out=517 in=1142 type=11
left ms=1009 out=517 in=1142
good ms=1010 out=517 in=1142
nameless ms=1010 out=517 in=1142
received ms=1010 out=517 in=1244 type=15
received ms=1010 out=517 in=1318 type=20
sent ms=1010 out=517 in=1318 type=11
shown ms=1010 out=517 in=1318
sent ms=1010 out=517 in=1318 type=20
done ms=1010 out=627 in=1318 version=772
own ms=1010 out=627 in=1318
data-sent ms=1010 out=627 in=1318 bytes=23
own ms=1013 out=627 in=1318
ends ms=1013 out=627 in=1318 how=2 met=1 peer=1
outcome failed unanswered

story telnet-ssl, good
begins ms=1000
sent ms=1000 type=1
received ms=1001 out=517 in=127 type=2
received ms=1001 out=517 in=161 type=8
received ms=1001 out=517 in=1071 type=11
good ms=1002 out=517 in=1071
nameless ms=1002 out=517 in=1071
received ms=1002 out=517 in=1171 type=15
received ms=1002 out=517 in=1245 type=20
sent ms=1002 out=517 in=1245 type=20
done ms=1002 out=597 in=1245 version=772
received ms=1004 out=597 in=1500 type=4
received ms=1052 out=597 in=1755 type=4
data-received ms=1052 out=597 in=1790 bytes=30
data-sent ms=1052 out=597 in=1790 bytes=22
alert-received ms=1052 out=624 in=1814
alert-sent ms=1052 out=648 in=1814
ends ms=1052 out=648 in=1814
outcome worked -

story telnet-ssl, wants-cert-1.3
begins ms=1000
sent ms=1017 type=1
received ms=1017 out=517 in=127 type=2
received ms=1017 out=517 in=161 type=8
received ms=1017 out=517 in=232 type=13
received ms=1018 out=517 in=1142 type=11
good ms=1018 out=517 in=1142
nameless ms=1018 out=517 in=1142
received ms=1018 out=517 in=1242 type=15
received ms=1019 out=517 in=1316 type=20
sent ms=1019 out=517 in=1316 type=11
shown ms=1019 out=517 in=1316
sent ms=1019 out=517 in=1316 type=20
done ms=1033 out=627 in=1316 version=772
alert-received ms=1033 out=627 in=1340 number=116 fatal=1
closes ms=1033 out=627 in=1340
ends ms=1033 out=627 in=1340
outcome failed late-alert

story telnet-ssl, wrong-name
begins ms=1000
sent ms=1000 type=1
received ms=1008 out=517 in=127 type=2
received ms=1008 out=517 in=161 type=8
received ms=1008 out=517 in=1080 type=11
good ms=1009 out=517 in=1080
nameless ms=1009 out=517 in=1080
received ms=1009 out=517 in=1182 type=15
received ms=1009 out=517 in=1256 type=20
sent ms=1009 out=517 in=1256 type=20
done ms=1009 out=597 in=1256 version=772
unnamed ms=1009 out=597 in=1256
data-sent ms=1009 out=597 in=1256 bytes=22
received ms=1022 out=624 in=1511 type=4
received ms=1022 out=624 in=1766 type=4
data-received ms=1066 out=624 in=1801 bytes=30
alert-received ms=1066 out=624 in=1825
alert-sent ms=1066 out=648 in=1825
ends ms=1066 out=648 in=1825
outcome went-on name

story tnftp, expired, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=317 in=127 type=2
received ms=1003 out=317 in=161 type=8
received ms=1003 out=317 in=1071 type=11
left ms=1010 out=317 in=1071
bad ms=1011 out=317 in=1071 kept=1
received ms=1011 out=317 in=1171 type=15
received ms=1011 out=317 in=1245 type=20
sent ms=1011 out=317 in=1245 type=20
done ms=1011 out=397 in=1245 version=772
own ms=1011 out=397 in=1245
data-sent ms=1011 out=397 in=1245 bytes=37
own ms=1011 out=439 in=1245
data-sent ms=1011 out=439 in=1245 bytes=34
own ms=1011 out=478 in=1245
data-sent ms=1011 out=478 in=1245 bytes=23
own ms=1011 out=506 in=1245
data-sent ms=1011 out=506 in=1245 bytes=19
own ms=1011 out=530 in=1245
data-sent ms=1011 out=530 in=1245 bytes=30
own ms=1011 out=565 in=1245
data-sent ms=1011 out=565 in=1245 bytes=36
own ms=1011 out=606 in=1245
data-sent ms=1011 out=606 in=1245 bytes=45
own ms=1011 out=656 in=1245
data-sent ms=1011 out=656 in=1245 bytes=19
received ms=1014 out=680 in=1500 type=4
received ms=1054 out=680 in=1755 type=4
own ms=1054 out=680 in=1873
data-received ms=1054 out=680 in=1873 bytes=113
alert-received ms=1054 out=680 in=1897
own ms=1054 out=680 in=1897
ends ms=1054 out=680 in=1897
outcome went-on verification

story tnftp, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1002 out=317 in=127 type=2
received ms=1003 out=317 in=161 type=8
received ms=1003 out=317 in=232 type=13
received ms=1003 out=317 in=1142 type=11
left ms=1003 out=317 in=1142
bad ms=1004 out=317 in=1142 kept=1
received ms=1004 out=317 in=1244 type=15
received ms=1004 out=317 in=1318 type=20
sent ms=1004 out=317 in=1318 type=11
shown ms=1004 out=317 in=1318
sent ms=1004 out=317 in=1318 type=20
done ms=1004 out=427 in=1318 version=772
own ms=1004 out=427 in=1318
data-sent ms=1004 out=427 in=1318 bytes=37
own ms=1004 out=469 in=1318
data-sent ms=1004 out=469 in=1318 bytes=34
own ms=1004 out=508 in=1318
data-sent ms=1004 out=508 in=1318 bytes=23
own ms=1004 out=536 in=1318
data-sent ms=1004 out=536 in=1318 bytes=19
own ms=1004 out=560 in=1318
data-sent ms=1004 out=560 in=1318 bytes=30
own ms=1004 out=595 in=1318
data-sent ms=1004 out=595 in=1318 bytes=36
own ms=1004 out=636 in=1318
data-sent ms=1004 out=636 in=1318 bytes=45
own ms=1004 out=686 in=1318
data-sent ms=1004 out=686 in=1318 bytes=19
alert-received ms=1004 out=710 in=1342 number=116 fatal=1
own ms=1010 out=710 in=1342
ends ms=1010 out=710 in=1342
outcome failed late-alert

story twisted, close
begins ms=1000 memory=1
sent ms=1000 type=1
alert-sent ms=1002 out=337 number=50 fatal=1
exited ms=1002 out=337 result=-1
ends ms=1083 out=344
outcome failed handshake

story twisted, good
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1003 out=337 in=127 type=2
received ms=1003 out=337 in=161 type=8
received ms=1003 out=337 in=1072 type=11
good ms=1004 out=337 in=1072
received ms=1004 out=337 in=1173 type=15
received ms=1004 out=337 in=1247 type=20
sent ms=1004 out=337 in=1247 type=20
done ms=1004 out=337 in=1247 version=772
alert-sent ms=1051 out=501 in=1875
alert-received ms=1051 out=525 in=1899
ends ms=1052 out=525 in=1899
outcome worked -

story twisted, reset-cert-1.3
begins ms=1000 memory=1
sent ms=1000 type=1
received ms=1002 out=337 in=127 type=2
received ms=1002 out=337 in=161 type=8
received ms=1002 out=337 in=232 type=13
received ms=1002 out=337 in=1143 type=11
good ms=1003 out=337 in=1143
received ms=1003 out=337 in=1243 type=15
received ms=1003 out=337 in=1317 type=20
sent ms=1003 out=337 in=1317 type=11
shown ms=1003 out=337 in=1317
sent ms=1003 out=337 in=1317 type=20
done ms=1003 out=337 in=1317 version=772
data-sent ms=1004 out=447 in=1317 bytes=79
alert-sent ms=1004 out=531 in=1317 number=50 fatal=1 eof=1 peer=1
ends ms=1023 out=555 in=1317
outcome failed unanswered

story twisted, wrong-name
begins ms=1000 memory=1
sent ms=1002 type=1
received ms=1005 out=337 in=127 type=2
received ms=1005 out=337 in=161 type=8
received ms=1005 out=337 in=1079 type=11
good ms=1006 out=337 in=1079
unnamed ms=1028 out=337 in=1079
received ms=1028 out=337 in=1179 type=15
received ms=1028 out=337 in=1253 type=20
sent ms=1028 out=337 in=1253 type=20
done ms=1028 out=337 in=1253 version=772
alert-sent ms=1029 out=337 in=1253
taken ms=1047 out=441 in=1253
ends ms=1047 out=441 in=1253 waits=1
outcome failed name

story w3m, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1009 out=517 in=127 type=2
received ms=1009 out=517 in=161 type=8
received ms=1009 out=517 in=232 type=13
received ms=1009 out=517 in=1142 type=11
left ms=1010 out=517 in=1142
good ms=1010 out=517 in=1142
received ms=1010 out=517 in=1242 type=15
received ms=1010 out=517 in=1316 type=20
sent ms=1010 out=517 in=1316 type=11
shown ms=1010 out=517 in=1316
sent ms=1010 out=517 in=1316 type=20
done ms=1010 out=627 in=1316 version=772
asked ms=1010 out=627 in=1316 good=1
own ms=1011 out=627 in=1316 names=1
data-sent ms=1011 out=627 in=1316 bytes=234
own ms=1011 out=627 in=1316 names=1
ends ms=1011 out=627 in=1316 met=1 peer=1
outcome failed unanswered

story wrk, close, and 19 more
begins ms=1000
sent ms=1000 type=1
alert-sent ms=1065 out=7 number=50 fatal=1
exited ms=1065 out=7 result=-1
ends ms=1074 how=1
outcome failed handshake

story wrk, expired, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1010 in=127 type=2
received ms=1010 in=161 type=8
received ms=1010 in=1071 type=11
left ms=1010 in=1071
bad ms=1011 in=1071 kept=1
received ms=1011 in=1172 type=15
received ms=1011 in=1246 type=20
sent ms=1011 in=1246 type=20
done ms=1012 out=80 in=1246 version=772
own ms=1012 out=80 in=1246
data-sent ms=1012 out=80 in=1246 bytes=60
received ms=1012 out=145 in=1501 type=4
received ms=1012 out=145 in=1756 type=4
own ms=1053 out=145 in=1874
data-received ms=1053 out=145 in=1874 bytes=113
alert-sent ms=1053 out=169 in=1874
own ms=1054
ends ms=1054 how=1
outcome went-on verification

story wrk, expired, and 102 more
begins ms=1000
sent ms=1000 type=1
received ms=1000 out=588 in=133 type=2
received ms=1000 out=588 in=167 type=8
received ms=1000 out=588 in=241 type=20
sent ms=1001 out=588 in=241 type=20
done ms=1001 out=668 in=241 version=772
alert-sent ms=1043 out=757 in=614
ends ms=1043 how=1
outcome worked -

story wrk, expired, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1072 in=133 type=2
received ms=1072 in=167 type=8
received ms=1072 in=241 type=20
sent ms=1072 in=241 type=20
done ms=1072 out=80 in=241 version=772
ends ms=1116 out=145 in=496 how=2 waits=1
outcome worked -

story wrk, good, and 1 more
begins ms=1000
sent ms=1000 type=1
received ms=1028 in=133 type=2
received ms=1028 in=167 type=8
received ms=1028 in=241 type=20
sent ms=1028 in=241 type=20
done ms=1028 out=80 in=241 version=772
ends ms=1028 out=80 in=241 how=2
outcome worked -

story wrk, only-1.0
begins ms=1000
sent ms=1000 type=1
received ms=1047 in=74 type=2
received ms=1047 in=962 type=11
left ms=1054 in=962
bad ms=1055 in=962 kept=1
received ms=1055 in=1080 type=12
alert-sent ms=1088 out=7 in=1080 number=80 fatal=1
own ms=1088 out=7 in=1080
exited ms=1088 out=7 in=1080 result=-1
own ms=1089
ends ms=1089 how=1
outcome failed handshake

story wrk, only-1.0, and 11 more
begins ms=1000
sent ms=1000 type=1
received ms=1031 in=74 type=2
received ms=1031 in=962 type=11
left ms=1031 in=962
bad ms=1031 in=962
received ms=1031 in=1081 type=12
alert-sent ms=1032 out=7 in=1081 number=80 fatal=1
own ms=1032 out=7 in=1081
exited ms=1032 out=7 in=1081 result=-1
own ms=1032
ends ms=1032 how=1
outcome failed handshake

story wrk, only-1.0, and 2 more
begins ms=1000
sent ms=1000 type=1
ends ms=1148 how=2 waits=1
outcome given-up -

story wrk, plain, and 22 more
begins ms=1000
sent ms=1001 type=1
heard ms=1001 out=317 in=5
exited ms=1001 out=317 in=5 result=-1
ends ms=1001 how=1
outcome failed handshake

story wrk, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1110 in=127 type=2
received ms=1110 in=161 type=8
received ms=1110 in=232 type=13
received ms=1110 in=1142 type=11
left ms=1110 in=1142
bad ms=1111 in=1142 kept=1
received ms=1111 in=1244 type=15
received ms=1111 in=1318 type=20
sent ms=1111 in=1318 type=11
shown ms=1111 in=1318
sent ms=1111 in=1318 type=20
done ms=1188 out=110 in=1318 version=772
own ms=1188 out=110 in=1318
closes ms=1188 out=110 in=1318 met=1 peer=2
own ms=1189
ends ms=1189 how=1
outcome failed unanswered

story wrk, reset-cert-1.3, and 5 more
begins ms=1000
sent ms=1000 type=1
received ms=1107 in=127 type=2
received ms=1107 in=161 type=8
received ms=1107 in=232 type=13
received ms=1107 in=1142 type=11
left ms=1108 in=1142
bad ms=1108 in=1142
received ms=1108 in=1243 type=15
received ms=1108 in=1317 type=20
sent ms=1108 in=1317 type=11
shown ms=1108 in=1317
sent ms=1108 in=1317 type=20
done ms=1139 out=110 in=1317 version=772
own ms=1139 out=110 in=1317
data-sent ms=1139 out=110 in=1317 bytes=60
own ms=1139 out=110 in=1317
closes ms=1139 out=110 in=1317 met=1 peer=2
own ms=1143
ends ms=1143 how=1
outcome failed unanswered

story wrk, reset-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1108 in=127 type=2
received ms=1108 in=161 type=8
received ms=1108 in=232 type=13
received ms=1108 in=1142 type=11
left ms=1108 in=1142
bad ms=1108 in=1142
received ms=1108 in=1244 type=15
received ms=1108 in=1318 type=20
sent ms=1108 in=1318 type=11
shown ms=1108 in=1318
sent ms=1108 in=1318 type=20
done ms=1135 out=110 in=1318 version=772
own ms=1135 out=110 in=1318
closes ms=1135 out=110 in=1318 met=1 peer=2
own ms=1159
ends ms=1159 how=1
outcome failed unanswered

story wrk, wants-cert-1.2
begins ms=1000
sent ms=1000 type=1
received ms=1015 in=70 type=2
received ms=1015 in=958 type=11
left ms=1015 in=958
bad ms=1016 in=958 kept=1
received ms=1016 in=1077 type=12
received ms=1016 in=1140 type=13
received ms=1016 in=1149 type=14
sent ms=1016 in=1149 type=11
shown ms=1016 in=1149
sent ms=1016 in=1149 type=16
sent ms=1016 in=1149 type=20
heard ms=1046 out=105 in=1156
alert-received ms=1046 out=105 in=1156 number=40 fatal=1
own ms=1046 out=105 in=1156
exited ms=1046 out=105 in=1156 result=-1
own ms=1046 out=105 in=1156
closes ms=1046 out=105 in=1156
own ms=1057
ends ms=1057 how=1
outcome failed handshake

story wrk, wants-cert-1.2, and 8 more
begins ms=1000
sent ms=1000 type=1
received ms=1096 in=70 type=2
received ms=1096 in=958 type=11
left ms=1096 in=958
bad ms=1096 in=958
received ms=1096 in=1078 type=12
received ms=1096 in=1141 type=13
received ms=1096 in=1150 type=14
sent ms=1096 in=1150 type=11
shown ms=1096 in=1150
sent ms=1096 in=1150 type=16
sent ms=1097 in=1150 type=20
heard ms=1140 in=7
alert-received ms=1140 in=7 number=40 fatal=1
own ms=1140 in=7
exited ms=1140 in=7 result=-1
own ms=1140 in=7
closes ms=1140 in=7
own ms=1141
ends ms=1141 how=1
outcome failed handshake

story wrk, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1164 in=127 type=2
received ms=1164 in=161 type=8
received ms=1164 in=232 type=13
received ms=1164 in=1142 type=11
left ms=1164 in=1142
bad ms=1165 in=1142 kept=1
received ms=1165 in=1242 type=15
received ms=1165 in=1316 type=20
sent ms=1165 in=1316 type=11
shown ms=1165 in=1316
sent ms=1165 in=1316 type=20
done ms=1165 out=110 in=1316 version=772
own ms=1165 out=110 in=1316
data-sent ms=1165 out=110 in=1316 bytes=60
alert-received ms=1188 out=175 in=1340 number=116 fatal=1
own ms=1188 out=175 in=1340
closes ms=1188 out=175 in=1340
own ms=1189
ends ms=1189 how=1
outcome failed late-alert

story wrk, wants-cert-1.3, and 12 more
begins ms=1000
sent ms=1000 type=1
received ms=1007 out=317 in=127 type=2
received ms=1007 out=317 in=161 type=8
received ms=1007 out=317 in=232 type=13
received ms=1007 out=317 in=1142 type=11
left ms=1007 out=317 in=1142
bad ms=1007 out=317 in=1142
received ms=1007 out=317 in=1244 type=15
received ms=1008 out=317 in=1318 type=20
sent ms=1008 out=317 in=1318 type=11
shown ms=1008 out=317 in=1318
sent ms=1008 out=317 in=1318 type=20
done ms=1008 out=427 in=1318 version=772
alert-received ms=1008 out=427 in=1342 number=116 fatal=1
own ms=1008 out=427 in=1342
closes ms=1008 out=427 in=1342
own ms=1027
ends ms=1027 how=1
outcome failed late-alert

story wrk, wants-cert-1.3, and 3 more
begins ms=1000
sent ms=1000 type=1
received ms=1015 out=317 in=127 type=2
received ms=1015 out=317 in=161 type=8
received ms=1015 out=317 in=232 type=13
received ms=1015 out=317 in=1142 type=11
left ms=1015 out=317 in=1142
bad ms=1015 out=317 in=1142
received ms=1015 out=317 in=1243 type=15
received ms=1015 out=317 in=1317 type=20
sent ms=1016 out=317 in=1317 type=11
shown ms=1016 out=317 in=1317
sent ms=1016 out=317 in=1317 type=20
done ms=1016 out=427 in=1317 version=772
own ms=1016 out=427 in=1317
data-sent ms=1016 out=427 in=1317 bytes=60
alert-received ms=1016 out=492 in=1341 number=116 fatal=1
own ms=1016 out=492 in=1341
closes ms=1016 out=492 in=1341
own ms=1034
ends ms=1034 how=1
outcome failed late-alert

story wrk, wants-cert-1.3
begins ms=1000
sent ms=1000 type=1
received ms=1047 in=127 type=2
received ms=1047 in=161 type=8
received ms=1047 in=232 type=13
received ms=1047 in=1142 type=11
left ms=1048 in=1142
bad ms=1048 in=1142
received ms=1048 in=1243 type=15
received ms=1048 in=1317 type=20
sent ms=1048 in=1317 type=11
shown ms=1048 in=1317
sent ms=1048 in=1317 type=20
done ms=1067 out=110 in=1317 version=772
own ms=1071 out=110 in=1317
ends ms=1071 out=110 in=1317 how=2
outcome given-up -
