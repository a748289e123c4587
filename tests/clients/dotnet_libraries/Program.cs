// SPDX-License-Identifier: ISC
// KIND HOST PORT: one connection of a library that many programs use. Prints what became of it, and its last inner exception.
//     smtp, imap   MailKit, with STARTTLS     sql    Microsoft.Data.SqlClient, TDS 8 (TLS first)
//     npgsql       Npgsql                     redis  StackExchange.Redis
//     mysql        MySqlConnector
//     kafka        Confluent.Kafka, whose librdkafka has an OpenSSL of its own
// Exit code: 1 where it failed.
using System;
using System.Threading;

internal static class Program
{
    private static int Main(string[] args)
    {
        string host = args[1];
        int port = int.Parse(args[2]);
        try
        {
            Connect(args[0], host, port);
            Console.WriteLine("OK");
            return 0;
        }
        catch (Exception e)
        {
            Exception last = e;
            while (last.InnerException is not null)
            {
                last = last.InnerException;
            }
            Console.WriteLine("REFUSED " + last.GetType().Name + " " + last.Message.Split('\n')[0].Trim());
            return 1;
        }
    }

    private static void Connect(string kind, string host, int port)
    {
        switch (kind)
        {
            case "smtp":
                using (var client = new MailKit.Net.Smtp.SmtpClient { Timeout = 20000, CheckCertificateRevocation = false })
                {
                    client.Connect(host, port, MailKit.Security.SecureSocketOptions.StartTls);
                }
                break;
            case "imap":
                using (var client = new MailKit.Net.Imap.ImapClient { Timeout = 3000, CheckCertificateRevocation = false })
                {
                    client.Connect(host, port, MailKit.Security.SecureSocketOptions.SslOnConnect);
                }
                break;
            case "npgsql":
                using (var connection = new Npgsql.NpgsqlConnection(
                    $"Host={host};Port={port};Username=nobody;Password=none;SslMode=VerifyFull;Timeout=20;Pooling=false;GssEncryptionMode=Disable"))
                {
                    connection.Open();
                }
                break;
            case "sql":
                using (var connection = new Microsoft.Data.SqlClient.SqlConnection(
                    $"Server={host},{port};User Id=nobody;Password=none;Encrypt=Strict;Connect Timeout=20;ConnectRetryCount=0;Pooling=false"))
                {
                    connection.Open();
                }
                break;
            case "mysql":
                using (var connection = new MySqlConnector.MySqlConnection(
                    $"Server={host};Port={port};User ID=tls;Password=secret;SslMode=VerifyFull;ConnectionTimeout=20;Pooling=false"))
                {
                    connection.Open();
                }
                break;
            case "redis":
                using (StackExchange.Redis.ConnectionMultiplexer.Connect($"{host}:{port},ssl=true,connectRetry=0,connectTimeout=2000,syncTimeout=2000"))
                {
                }
                break;
            case "kafka":
                var failed = new ManualResetEventSlim();
                string said = null;
                var settings = new Confluent.Kafka.ProducerConfig
                {
                    BootstrapServers = $"{host}:{port}", SecurityProtocol = Confluent.Kafka.SecurityProtocol.Ssl,
                };
                using (new Confluent.Kafka.ProducerBuilder<Confluent.Kafka.Null, string>(settings)
                    .SetErrorHandler((_, e) => { said ??= e.Reason; failed.Set(); }).SetLogHandler((_, _) => { }).Build())
                {
                    failed.Wait(20000);
                }
                throw new Exception(said);
            default:
                throw new ArgumentException(kind);
        }
    }
}
