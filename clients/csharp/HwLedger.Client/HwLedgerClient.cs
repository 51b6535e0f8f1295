using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Hwledger.V1;

namespace HwLedger.Client;

/// <summary>
/// A daemon of hwLedger: says how much memory a language model needs and how fast it can
/// be, and runs it.
/// </summary>
/// <remarks>
/// <para>
/// One client serves a whole program; all of its methods may be called by any thread at any
/// time. It connects when it is first asked, and again after the daemon was gone: nothing
/// has to be opened anew.
/// </para>
/// <para>
/// Messages are the contract's own, generated from <c>proto/hwledger/v1</c>: sizes are in
/// bytes unless a name says otherwise, one MiB is 2^20 bytes, and a field that is absent is
/// unknown (in an answer) or left to the daemon (in a request), which is different from zero.
/// </para>
/// <para>
/// Every method throws <see cref="HwLedgerException"/> where its call fails, and
/// <see cref="OperationCanceledException"/> where its cancellation token ends it. Besides the
/// codes that a method names there are
/// <see cref="StatusCode.Unavailable"/>: nobody answers, or the daemon stops; and
/// <see cref="StatusCode.DeadlineExceeded"/>: a call with one answer took longer than
/// <see cref="HwLedgerClientOptions.UnaryTimeout"/>.
/// </para>
/// <para>Methods are virtual so that tests can stand in for a daemon.</para>
/// </remarks>
public partial class HwLedgerClient : IDisposable
{
    private readonly GrpcChannel? channel;
    private readonly TimeSpan unaryTimeout;
    private readonly Planner.PlannerClient planner;
    private readonly InferenceRunner.InferenceRunnerClient inference;
    private readonly ModelLibrary.ModelLibraryClient library;
    private readonly Hardware.HardwareClient hardware;
    private readonly Ledger.LedgerClient ledger;
    private readonly Health.HealthClient health;

    /// <summary>For tests that override what they need; asks no daemon.</summary>
    protected HwLedgerClient()
        : this("", null, TimeSpan.FromMinutes(1), new NoDaemon()) { }

    private HwLedgerClient(
        string address,
        GrpcChannel? channel,
        TimeSpan unaryTimeout,
        CallInvoker invoker
    )
    {
        Address = address;
        this.channel = channel;
        this.unaryTimeout = unaryTimeout;
        planner = new Planner.PlannerClient(invoker);
        inference = new InferenceRunner.InferenceRunnerClient(invoker);
        library = new ModelLibrary.ModelLibraryClient(invoker);
        hardware = new Hardware.HardwareClient(invoker);
        ledger = new Ledger.LedgerClient(invoker);
        health = new Health.HealthClient(invoker);
    }

    /// <summary>Where the daemon is: <c>HOST:PORT</c> or <c>unix:/PATH</c>.</summary>
    public string Address { get; }

    /// <summary>A client of the daemon at an address. Nothing is asked of it yet.</summary>
    /// <param name="address"><c>HOST:PORT</c> or <c>unix:/PATH</c>.</param>
    /// <exception cref="ArgumentException">It is no address.</exception>
    public static HwLedgerClient Connect(string address) =>
        Connect(new HwLedgerClientOptions { Address = address });

    /// <summary>
    /// A client of the daemon of this user: at HWLEDGER_ADDRESS, else behind the user's own
    /// socket where there is one, else at 127.0.0.1:7420. Nothing is asked of it yet.
    /// </summary>
    /// <exception cref="ArgumentException">HWLEDGER_ADDRESS is no address.</exception>
    public static HwLedgerClient Connect() => Connect(new HwLedgerClientOptions());

    /// <summary>A client of a daemon. Nothing is asked of it yet.</summary>
    /// <param name="options">Where the daemon is, and how to speak with it.</param>
    /// <exception cref="ArgumentException">
    /// The address is none, a timeout or limit is not above zero, or a token would be sent
    /// to another machine in the clear.
    /// </exception>
    public static HwLedgerClient Connect(HwLedgerClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.UnaryTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.AnswerBytesMax);
        DaemonAddress address = options.Address is null
            ? DaemonAddress.Find()
            : DaemonAddress.Parse(options.Address);
        GrpcChannel channel = DaemonChannel.Open(address, options);
        return new HwLedgerClient(
            address.Text,
            channel,
            options.UnaryTimeout,
            channel.CreateCallInvoker()
        );
    }

    /// <summary>Ends the connection, and with it every call that is still under way.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connection.</summary>
    /// <param name="disposing">Whether this is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            channel?.Dispose();
        }
    }

    private CallOptions Unary(CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + unaryTimeout, cancellationToken: cancellationToken);

    private static CallOptions Streaming(CancellationToken cancellationToken) =>
        new(cancellationToken: cancellationToken);

    private static async Task<T> AnswerAsync<T>(
        AsyncUnaryCall<T> call,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            throw CallFailure.Of(failure, cancellationToken);
        }
    }

    // That which callers want of the answer.
    private static async Task<TWanted> AnswerAsync<T, TWanted>(
        AsyncUnaryCall<T> call,
        Func<T, TWanted> read,
        CancellationToken cancellationToken
    ) => read(await AnswerAsync(call, cancellationToken).ConfigureAwait(false));

    // Until the daemon ends the stream.
    private static async IAsyncEnumerable<T> AnswersAsync<T>(
        IAsyncStreamReader<T> answers,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (await NextAsync(answers, cancellationToken).ConfigureAwait(false))
        {
            yield return answers.Current;
        }
    }

    private static async Task<bool> NextAsync<T>(
        IAsyncStreamReader<T> answers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await answers.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            throw CallFailure.Of(failure, cancellationToken);
        }
    }
}
