# SPDX-License-Identifier: ISC
# client.rb HOW HOST PORT SECONDS: Ruby's usual ways to TLS. The CA comes by SSL_CERT_FILE.
require 'net/http'
require 'openssl'
require 'socket'

how, host, port, seconds = ARGV[0], ARGV[1], ARGV[2].to_i, ARGV[3].to_f
begin
  case how
  when 'http', 'unverified'
    http = Net::HTTP.new(host, port)
    http.use_ssl = true
    http.verify_mode = OpenSSL::SSL::VERIFY_NONE if how == 'unverified'
    http.open_timeout = http.read_timeout = http.ssl_timeout = seconds
    http.max_retries = 0
    http.get('/')
  when 'socket'
    context = OpenSSL::SSL::SSLContext.new
    context.set_params
    tls = OpenSSL::SSL::SSLSocket.new(TCPSocket.new(host, port), context)
    tls.hostname = host
    tls.connect
    tls.write("GET / HTTP/1.0\r\n\r\n")
    tls.read
    tls.close
  when 'ldap'
    require 'net/ldap'
    tls = { ca_file: ENV['SSL_CERT_FILE'] || '/etc/ssl/certs/ca-certificates.crt', verify_mode: OpenSSL::SSL::VERIFY_PEER }
    ldap = Net::LDAP.new(host: host, port: port, connect_timeout: seconds, encryption: { method: :simple_tls, tls_options: tls })
    raise ldap.get_operation_result.message unless ldap.bind
  when 'imap'
    require 'net/imap'
    imap = Net::IMAP.new(host, port: port, open_timeout: seconds)
    imap.starttls
    imap.noop
    imap.logout
  when 'smtp'
    require 'net/smtp'
    smtp = Net::SMTP.new(host, port)
    smtp.enable_starttls
    smtp.open_timeout = smtp.read_timeout = seconds
    smtp.start('localhost') { |s| s.rset }
  when 'faraday'
    require 'faraday'
    Faraday.new(url: "https://#{host}:#{port}/", request: { timeout: seconds, open_timeout: seconds }).get('/')
  when 'em'
    require 'em-http-request'
    EM.run do
      tls = { verify_peer: true, cert_chain_file: nil }
      options = { connect_timeout: seconds, inactivity_timeout: seconds, tls: tls }
      request = EM::HttpRequest.new("https://#{host}:#{port}/", options).get
      request.callback { EM.stop }
      request.errback do
        warn request.error
        EM.stop
      end
    end
  end
rescue StandardError => e
  warn "#{e.class}: #{e.message}"
  exit 1
end
