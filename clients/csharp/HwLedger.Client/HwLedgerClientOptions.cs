using Microsoft.Extensions.Logging;

namespace HwLedger.Client;

/// <summary>Where a daemon is, and how to speak with it.</summary>
public sealed class HwLedgerClientOptions
{
    /// <summary>
    /// <c>HOST:PORT</c> or <c>unix:/PATH</c>. Null: what the environment variable
    /// HWLEDGER_ADDRESS says, else this user's own socket where there is one, else
    /// 127.0.0.1:7420.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>Speak TLS. Null: in the clear.</summary>
    public HwLedgerTls? Tls { get; set; }

    /// <summary>
    /// Asked before every call for the token that says who calls; it is sent as
    /// <c>authorization: Bearer</c>. Without TLS only to this machine. Null: none.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? BearerToken { get; set; }

    /// <summary>
    /// The longest that a call with one answer may take, loading a model included;
    /// above zero. Streams have no such limit: cancel them. Default: one minute.
    /// </summary>
    public TimeSpan UnaryTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest that connecting may take. Default: 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The largest answer that is taken, in bytes. 2048 embeddings are some megabytes.
    /// Default: 16 MiB.
    /// </summary>
    public int AnswerBytesMax { get; set; } = 16 << 20;

    /// <summary>Where the transport logs. Null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }
}
