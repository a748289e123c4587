// SPDX-License-Identifier: ISC
// get URL...           one HttpClient, one request after the other
// parallel N URL...    N requests at once to each URL, one HttpClient
// sslstream HOST PORT  a bare SslStream
// Trusts what SSL_CERT_FILE names, or the system's store. Exit code: 1 where anything failed.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
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

    private static string Messages(Exception e) => e.InnerException is null ? e.Message : e.Message + " / " + Messages(e.InnerException);
}
