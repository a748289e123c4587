// SPDX-License-Identifier: ISC
// get URL...           one HttpClient, one request after the other
// parallel N URL...    N requests at once to each URL, one HttpClient
// sslstream HOST PORT  a bare SslStream
// behind PORT ROUNDS HOST...   all of these hosts at once on 127.0.0.1:PORT, in several rounds; prints HOST and how many answered
// server CERT KEY      one TLS connection as a server that wants a certificate of its client; prints its port, then what it made of it
// each KIND=HOST:PORT...  one connection after the other; a line of JSON each: what .NET itself makes of the certificate.
//     stream      SslStream without a callback                 http     HttpClient without one
//     stream-no   ... with one that notes and says no          http-yes ... with one that notes and says yes
//     stream-yes  ... that notes and says yes, then talks      http2    HTTP/2
//     stream-yes-open  ... and is not disposed of
//     stream-root  ... whose callback brings the root of CLIENT_ROOT; stream-sent-root: after what was sent; stream-custom-root: as its only trust
//     stream-crl, stream-crl-no, stream-crl-yes, http-crl      with revocation checked
// smtp HOST PORT SECONDS   a mail over STARTTLS
// forget HOST PORT SECONDS   an SslStream that has so long for its handshake, and that nobody disposes of
// abandon HOST PORT    an SslStream whose exception nobody catches, and that nobody disposes of
// Trusts what SSL_CERT_FILE names, or the system's store. Exit code: 1 where anything failed.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args[0])
        {
            case "get":
                return await Get(args.Skip(1), 1, parallel: false);
            case "parallel":
                return await Get(args.Skip(2), int.Parse(args[1]), parallel: true);
            case "sslstream":
                return await Bare(args[1], int.Parse(args[2]));
            case "each":
                foreach (string spec in args.Skip(1))
                {
                    Console.WriteLine(await new Attempt(spec).Run());
                }
                return 0;
            case "behind":
                return await Behind(int.Parse(args[1]), int.Parse(args[2]), args.Skip(3).ToArray());
            case "server":
                return await Server(X509Certificate2.CreateFromPemFile(args[1], args[2]));
            case "smtp":
                return Mail(args[1], int.Parse(args[2]), double.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture));
            case "forget":
                return await Forget(args[1], int.Parse(args[2]), double.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture));
            case "abandon":
                new SslStream(new TcpClient(args[1], int.Parse(args[2])).GetStream()).AuthenticateAsClient(args[1]);
                return 0;
            default:
                Console.Error.WriteLine("unknown mode " + args[0]);
                return 2;
        }
    }

    private static async Task<int> Get(IEnumerable<string> urls, int times, bool parallel)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        var answers = new List<Task<string>>();
        foreach (string url in urls.SelectMany(u => Enumerable.Repeat(u, times)))
        {
            Task<string> answer = One(client, url);
            if (!parallel)
            {
                await answer;
            }
            answers.Add(answer);
        }
        string[] lines = await Task.WhenAll(answers);
        foreach (string line in lines)
        {
            Console.WriteLine(line);
        }
        return lines.All(l => l.StartsWith("OK ")) ? 0 : 1;
    }

    private static async Task<string> One(HttpClient client, string url)
    {
        try
        {
            return "OK " + url + " " + (await client.GetStringAsync(url)).Trim();
        }
        catch (HttpRequestException e)
        {
            return "REFUSED " + url + " " + Messages(e);
        }
    }

    private static async Task<int> Behind(int port, int rounds, string[] hosts)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, stop);
            return new NetworkStream(socket, true);
        } };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
        var good = hosts.ToDictionary(h => h, _ => 0);
        for (int round = 0; round < rounds; round++)
        {
            string[] lines = await Task.WhenAll(hosts.Select(h => One(client, "https://" + h + ":" + port + "/")));
            for (int i = 0; i < hosts.Length; i++)
            {
                good[hosts[i]] += lines[i].StartsWith("OK ") ? 1 : 0;
            }
        }
        foreach (string host in hosts)
        {
            Console.WriteLine(host + " " + good[host]);
        }
        return 0;
    }

    private static async Task<int> Server(X509Certificate2 certificate)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        using TcpClient peer = await listener.AcceptTcpClientAsync();
        using var tls = new SslStream(peer.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate, ClientCertificateRequired = true, CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            });
            Console.WriteLine("ACCEPTED " + tls.RemoteCertificate?.Subject);
        }
        catch (Exception e)
        {
            Console.WriteLine("REFUSED " + Messages(e));
        }
        return 0;
    }

    private static int Mail(string host, int port, double seconds)
    {
        try
        {
            using var client = new System.Net.Mail.SmtpClient(host, port) { EnableSsl = true, Timeout = (int)(seconds * 1000) };
            client.Send("a@client.test", "b@client.test", "subject", "text");
            return 0;
        }
        catch (System.Net.Mail.SmtpException e)
        {
            Console.WriteLine("REFUSED " + Messages(e));
            return 1;
        }
    }

    private static async Task<int> Forget(string host, int port, double seconds)
    {
        var stop = new System.Threading.CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var tcp = new TcpClient(host, port);
        try
        {
            await new SslStream(tcp.GetStream()).AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop.Token);
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine("REFUSED " + Messages(e));
            GC.KeepAlive(tcp);
            return 1;
        }
    }

    private static async Task<int> Bare(string host, int port)
    {
        try
        {
            using var tcp = new TcpClient(host, port);
            using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(host);
            await tls.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n"));
            int n = await tls.ReadAsync(new byte[4096]);
            Console.WriteLine("OK " + tls.SslProtocol + " " + (n > 0));
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine("REFUSED " + Messages(e));
            return 1;
        }
    }

    internal static string Messages(Exception e) => e.InnerException is null ? e.Message : e.Message + " / " + Messages(e.InnerException);
}

// One connection, and the words of .NET for it.
internal sealed class Attempt
{
    private readonly string spec, kind, host, target;
    private readonly int port;
    private static readonly List<SslStream> kept = new();
    private SslPolicyErrors? errors;
    private string[] status = Array.Empty<string>();

    // KIND=HOST:PORT or KIND=HOST:PORT/TARGET, where the name that is asked for is another than the one connected to
    internal Attempt(string spec)
    {
        this.spec = spec;
        kind = spec.Split('=')[0];
        string[] where = spec.Split('=')[1].Split(':', '/');
        host = where[0];
        port = int.Parse(where[1]);
        target = where.Length > 2 ? where[2] : host;
    }

    private bool Note(X509Chain chain, SslPolicyErrors seen)
    {
        errors = seen;
        status = chain.ChainStatus.Select(s => s.Status.ToString()).ToArray();
        return kind.Contains("-yes") || seen == SslPolicyErrors.None;
    }

    // As many answers have it, and MySqlConnector: a chain that may end anywhere, and a look at where it did. Or a store of its own.
    private bool EndsAtRoot(X509Certificate leaf, X509Chain chain, SslPolicyErrors seen)
    {
        Note(chain, seen);
        X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(Environment.GetEnvironmentVariable("CLIENT_ROOT"));
        using var own = new X509Chain();
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (kind.EndsWith("-custom-root"))
        {
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.Add(root);
        }
        else
        {
            own.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            own.ChainPolicy.ExtraStore.Add(root);
        }
        if (kind.EndsWith("-sent-root"))
        {
            own.ChainPolicy.ExtraStore.Clear();
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
            own.ChainPolicy.ExtraStore.Add(root);
        }
        else
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        }
        return own.Build((X509Certificate2)leaf) && own.ChainElements[^1].Certificate.RawData.SequenceEqual(root.RawData)
            && (seen & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None;
    }

    internal async Task<string> Run()
    {
        string message = null, answer = null;
        try
        {
            answer = kind.StartsWith("http") ? await Http() : await Stream();
        }
        catch (Exception e)
        {
            message = Program.Messages(e);
        }
        return JsonSerializer.Serialize(new { spec, errors = errors?.ToString(), status, message, answer });
    }

    private async Task<string> Http()
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (kind.EndsWith("-yes"))
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, chain, seen) => Note(chain, seen);
        }
        if (kind.Contains("-crl"))
        {
            handler.SslOptions.CertificateRevocationCheckMode = X509RevocationMode.Online;
        }
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestVersion = kind.StartsWith("http2") ? HttpVersion.Version20 : HttpVersion.Version11;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        HttpResponseMessage response = await client.GetAsync("https://" + host + ":" + port + "/");
        return response.Version + " " + (int)response.StatusCode;
    }

    private async Task<string> Stream()
    {
        var tcp = new TcpClient(host, port);
        var tls = new SslStream(tcp.GetStream());
        if (kind.EndsWith("-open"))
        {
            kept.Add(tls);
        }
        try
        {
            return await Talk(tls);
        }
        finally
        {
            if (!kind.EndsWith("-open"))
            {
                tls.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task<string> Talk(SslStream tls)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = target };
        if (kind.EndsWith("-no") || kind.Contains("-yes"))
        {
            options.RemoteCertificateValidationCallback = (_, _, chain, seen) => Note(chain, seen);
        }
        if (kind.EndsWith("-root"))
        {
            options.RemoteCertificateValidationCallback = (_, leaf, chain, seen) => EndsAtRoot((X509Certificate)leaf, chain, seen);
        }
        if (kind.Contains("-crl"))
        {
            options.CertificateRevocationCheckMode = X509RevocationMode.Online;
        }
        await tls.AuthenticateAsClientAsync(options);
        await tls.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n"));
        int n = await tls.ReadAsync(new byte[4096]);
        return tls.SslProtocol + " " + (n > 0);
    }
}
