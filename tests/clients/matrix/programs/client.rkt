#lang racket/base
; SPDX-License-Identifier: ISC
; client.rkt HOST PORT CA: Racket, which finds OpenSSL by dlsym.
(require openssl racket/port)
(define args (current-command-line-arguments))
(define host (vector-ref args 0))
(define port (string->number (vector-ref args 1)))
(define context (ssl-make-client-context 'auto))
(ssl-load-verify-root-certificates! context (vector-ref args 2))
(ssl-set-verify! context #t)
(ssl-set-verify-hostname! context #t)
(define-values (in out) (ssl-connect host port context))
(write-string "GET / HTTP/1.0\r\n\r\n" out)
(flush-output out)
(void (port->string in))
(close-output-port out)
(close-input-port in)
