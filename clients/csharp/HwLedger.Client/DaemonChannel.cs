using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace HwLedger.Client;

/// <summary>Opens channels to daemons.</summary>
internal static class DaemonChannel
{
    // A connection that is broken without a word is found out within half a minute.
    private static readonly TimeSpan KeepAliveDelay = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Connects at the first call, and anew at the first call after a connection broke.
    /// </summary>
    /// <exception cref="ArgumentException">The options contradict one another.</exception>
    public static GrpcChannel Open(DaemonAddress address, HwLedgerClientOptions options)
    {
        if (options.BearerToken is not null && options.Tls is null && !address.IsLocal)
        {
            throw new ArgumentException(
                $"a token is sent to another machine over TLS only; got {address.Text}",
                nameof(options)
            );
        }
        HttpMessageHandler handler = ConnectionHandler(address, options);
        if (options.BearerToken is not null)
        {
            handler = new BearerTokenHandler(options.BearerToken, handler);
        }
        return GrpcChannel.ForAddress(
            UriOf(address, options.Tls),
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                LoggerFactory = options.LoggerFactory,
                MaxReceiveMessageSize = options.AnswerBytesMax,
                Credentials = options.Tls is null
                    ? ChannelCredentials.Insecure
                    : ChannelCredentials.SecureSsl,
            }
        );
    }

    // Its host is the name that a certificate is checked against.
    private static Uri UriOf(DaemonAddress address, HwLedgerTls? tls)
    {
        string scheme = tls is null ? "http" : "https";
        return new UriBuilder(scheme, tls?.ServerName ?? address.Host, address.Port).Uri;
    }

    private static SocketsHttpHandler ConnectionHandler(
        DaemonAddress address,
        HwLedgerClientOptions options
    )
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            ConnectCallback = (_, token) => ConnectAsync(address.EndPoint, token),
            // More streams than one connection allows get another one.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = KeepAliveDelay,
            KeepAlivePingTimeout = KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            // The daemon is on this machine or near it; a proxy is for the web.
            UseProxy = false,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls.ToSslOptions();
        }
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(
        EndPoint endPoint,
        CancellationToken cancellationToken
    )
    {
        Socket socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
