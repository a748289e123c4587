-- SPDX-License-Identifier: ISC
-- client.lua HOST PORT SECONDS: LuaSec on LuaSocket. The CA comes by SSL_CERT_FILE. It does not compare names.
local host, port, seconds = arg[1], tonumber(arg[2]), tonumber(arg[3])
local socket, ssl = require "socket", require "ssl"

local function try(result, text)
	if not result then
		io.stderr:write(tostring(text), "\n")
		os.exit(1)
	end
	return result
end

local tcp = socket.tcp()
tcp:settimeout(seconds)
try(tcp:connect(host, port))
local ca = os.getenv("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
local tls = try(ssl.wrap(tcp, {mode = "client", protocol = "any", verify = "peer", options = "all", cafile = ca}))
tls:sni(host)
tls:settimeout(seconds)
try(tls:dohandshake())
tls:send("GET / HTTP/1.0\r\n\r\n")
try(tls:receive("*l"))
tls:close()
