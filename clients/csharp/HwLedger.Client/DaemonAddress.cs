using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HwLedger.Client;

/// <summary>Where a daemon listens: a host and port, or a Unix socket.</summary>
internal sealed record DaemonAddress
{
    private const string Default = "127.0.0.1:7420";
    private const string SocketPrefix = "unix:";

    private DaemonAddress(string text) => Text = text;

    /// <summary>As it was given: <c>HOST:PORT</c> or <c>unix:/PATH</c>.</summary>
    public string Text { get; }

    /// <summary>Of the Unix socket; null for a host and port.</summary>
    public string? SocketPath { get; private init; }

    /// <summary>The name of the machine; <c>localhost</c> for a Unix socket.</summary>
    public string Host { get; private init; } = "localhost";

    /// <summary>-1 for a Unix socket.</summary>
    public int Port { get; private init; } = -1;

    /// <summary>What to connect to.</summary>
    public EndPoint EndPoint =>
        SocketPath is null ? new DnsEndPoint(Host, Port) : new UnixDomainSocketEndPoint(SocketPath);

    /// <summary>Whether nobody on a network can read what is sent there.</summary>
    public bool IsLocal =>
        SocketPath is not null
        || Host == "localhost"
        || (IPAddress.TryParse(Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <exception cref="ArgumentException">It is no address.</exception>
    public static DaemonAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(SocketPrefix, StringComparison.Ordinal))
        {
            string path = text[SocketPrefix.Length..];
            if (Path.IsPathRooted(path))
            {
                return new DaemonAddress(text) { SocketPath = path };
            }
        }
        else if (
            !text.Contains('/', StringComparison.Ordinal)
            && Uri.TryCreate($"http://{text}", UriKind.Absolute, out Uri? uri)
            && uri.UserInfo.Length == 0
            && PortOf(text) is { } port
        )
        {
            return new DaemonAddress(text) { Host = uri.IdnHost.Trim('[', ']'), Port = port };
        }
        throw new ArgumentException(
            $"an address is HOST:PORT or unix:/PATH; got '{text}'",
            nameof(text)
        );
    }

    /// <summary>
    /// As the command line looks for it: HWLEDGER_ADDRESS, else this user's socket where
    /// there is one, else 127.0.0.1:7420.
    /// </summary>
    public static DaemonAddress Find()
    {
        string? named = Environment.GetEnvironmentVariable("HWLEDGER_ADDRESS");
        if (!string.IsNullOrEmpty(named))
        {
            return Parse(named);
        }
        string? socket = OperatingSystem.IsWindows() ? null : UserSocketPath();
        return Parse(File.Exists(socket) ? SocketPrefix + socket : Default);
    }

    private static string UserSocketPath()
    {
        string? folder = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(folder)
            ? $"/tmp/hwledger-{UserId()}/hwledgerd.sock"
            : $"{folder}/hwledger/hwledgerd.sock";
    }

    private static int? PortOf(string text)
    {
        string digits = text[(text.LastIndexOf(':') + 1)..];
        return
            digits.Length < text.Length
            && ushort.TryParse(digits, CultureInfo.InvariantCulture, out ushort port)
            && port > 0
            ? port
            : null;
    }

    [DllImport("libc", EntryPoint = "getuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint UserId();
}
