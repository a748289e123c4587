% SPDX-License-Identifier: ISC
% client.prolog HOST PORT: SWI-Prolog. The CA comes by SSL_CERT_FILE.
:- use_module(library(http/http_open)).
:- use_module(library(http/http_ssl_plugin)).
:- initialization(main, main).
main :-
    current_prolog_flag(argv, [Host, Port | _]),
    atomic_list_concat(['https://', Host, ':', Port, '/'], URL),
    ( getenv('SSL_CERT_FILE', CA) -> true ; CA = '/etc/ssl/certs/ca-certificates.crt' ),
    http_open(URL, In, [cacerts([file(CA)])]),
    copy_stream_data(In, current_output),
    close(In).
