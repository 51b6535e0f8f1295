using CommunityToolkit.Mvvm.ComponentModel;
using Grpc.Core;
using HwLedger.Client;

namespace HwLedger.ViewModels;

/// <summary>
/// A page about one daemon. All members belong to the thread that draws: they are called
/// there, and change there, since calls return to the
/// <see cref="SynchronizationContext"/> that they were made on.
/// </summary>
public abstract partial class PageViewModel(HwLedgerClient client) : ObservableObject
{
    // However quickly a stream ends, it is not begun more often than that.
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>What went wrong last, in the daemon's words; null: nothing.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(nameof(HasError))]
    public partial string? Error { get; protected set; }

    /// <summary>Whether there is an error to show.</summary>
    public bool HasError => Error is not null;

    /// <summary>The daemon that the page is about.</summary>
    protected HwLedgerClient Client { get; } = client;

    /// <summary>
    /// Does something that asks the daemon; where that fails, <see cref="Error"/> says why.
    /// A cancel is no error.
    /// </summary>
    protected async Task TryAsync(Func<Task> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        Error = null;
        try
        {
            await ask();
        }
        catch (HwLedgerException failure)
        {
            Error = failure.Message;
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>
    /// Watches something until that is cancelled: begins again when the daemon, having been
    /// gone, answers again. Ends early where the daemon refuses it; then there is an error.
    /// Ends, too, with the client.
    /// </summary>
    /// <param name="watch">Returns or throws when the stream ends.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected async Task WatchAsync(
        Func<CancellationToken, Task> watch,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(watch);
        try
        {
            while (true)
            {
                try
                {
                    await watch(cancellationToken);
                }
                catch (HwLedgerException failure) when (IsBrokenConnection(failure))
                {
                    Error = failure.Message;
                }
                await Task.Delay(ReconnectDelay, cancellationToken);
                await Client.WaitUntilServingAsync(cancellationToken);
                Error = null;
            }
        }
        catch (HwLedgerException failure)
        {
            Error = failure.Message;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException) { }
    }

    private static bool IsBrokenConnection(HwLedgerException failure) =>
        failure.Code == StatusCode.Unavailable || !failure.IsFromDaemon;
}
