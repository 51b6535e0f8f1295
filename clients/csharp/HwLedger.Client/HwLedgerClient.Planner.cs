using System.Runtime.CompilerServices;
using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    /// <summary>
    /// Predicts how much memory a model needs, where it goes, and how fast it can be. A model
    /// that does not fit is an answer (<see cref="Verdict.DoesNotFit"/>), not a failure.
    /// </summary>
    /// <param name="modelId">
    /// A name in the catalogue (<c>llama-3.1-8b</c>), the absolute path of a GGUF file or of a
    /// folder with a config.json, <c>org/name</c>, <c>ollama:name:tag</c>, or <c>demo</c>.
    /// </param>
    /// <param name="sequenceLength">
    /// Tokens that each sequence can hold, prompt and answer together; from 1.
    /// </param>
    /// <param name="batchSize">Sequences alive at once; from 1.</param>
    /// <param name="quantization">
    /// The type of the weights, such as <c>Q4_K_M</c>. Empty: as stored.
    /// </param>
    /// <param name="devices">
    /// What to plan for: presets such as <c>rtx-4090</c>, or devices of the daemon's machine.
    /// Null or empty: all of that machine's own.
    /// </param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.InvalidArgument"/>: a field is out of range.
    /// <see cref="StatusCode.NotFound"/>: no such model; the message lists the closest names.
    /// <see cref="StatusCode.DataLoss"/>: the model's file is damaged.
    /// </exception>
    public Task<MemoryPrediction> EstimateVramAsync(
        string modelId,
        int sequenceLength,
        int batchSize = 1,
        string quantization = "",
        IEnumerable<string>? devices = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EstimateVramRequest
        {
            ModelId = modelId,
            SequenceLength = sequenceLength,
            BatchSize = batchSize,
            Quantization = quantization,
        };
        request.Devices.Add((devices ?? []).Select(name => new DeviceSpec { Name = name }));
        return EstimateVramAsync(request, cancellationToken);
    }

    /// <summary>The same with every setting that there is.</summary>
    /// <param name="request">Not changed, and free to be changed afterwards.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">As above.</exception>
    public virtual Task<MemoryPrediction> EstimateVramAsync(
        EstimateVramRequest request,
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync(
            planner.EstimateVramAsync(request, Unary(cancellationToken)),
            cancellationToken
        );

    /// <summary>
    /// Predictions for settings that change, such as those of sliders. Each answer belongs to
    /// the newest request that the daemon has received, and those that are overtaken are
    /// skipped: there may be fewer answers than requests, and
    /// <see cref="MemoryPrediction.Tag"/> says to which one an answer belongs. Ends after the
    /// last answer once <paramref name="requests"/> ends.
    /// </summary>
    /// <param name="requests">
    /// Read on as the daemon takes them. What it throws ends the stream and is thrown there.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="EstimateVramAsync(EstimateVramRequest, CancellationToken)"/>, for one
    /// of the requests; that ends the stream.
    /// </exception>
    public virtual async IAsyncEnumerable<MemoryPrediction> WatchVramAsync(
        IAsyncEnumerable<EstimateVramRequest> requests,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using AsyncDuplexStreamingCall<EstimateVramRequest, MemoryPrediction> call =
            planner.WatchVram(Streaming(ended.Token));
        Task sending = SendAsync(requests, call.RequestStream, ended);
        try
        {
            while (await NextAsync(call.ResponseStream, sending, ended).ConfigureAwait(false))
            {
                yield return call.ResponseStream.Current;
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Solves for what fits: the longest context, the most sequences, the best quantization,
    /// the most layers to offload.
    /// </summary>
    /// <param name="request">What to solve for, and with what else given.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="EstimateVramAsync(EstimateVramRequest, CancellationToken)"/>, with
    /// fields named <c>base.…</c>; <see cref="StatusCode.InvalidArgument"/> also: the memory
    /// of a device is not known, or there is no GPU to offload layers to.
    /// </exception>
    public virtual Task<FitVramResponse> FitVramAsync(
        FitVramRequest request,
        CancellationToken cancellationToken = default
    ) => AnswerAsync(planner.FitVramAsync(request, Unary(cancellationToken)), cancellationToken);

    // Where sending failed, `ended` was cancelled for it, and why it failed comes first.
    private static async Task<bool> NextAsync(
        IAsyncStreamReader<MemoryPrediction> answers,
        Task sending,
        CancellationTokenSource ended
    )
    {
        try
        {
            return await answers.MoveNext(CancellationToken.None).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            if (ended.IsCancellationRequested)
            {
                await sending.ConfigureAwait(false);
            }
            throw CallFailure.Of(failure, ended.Token);
        }
    }

    // Fails with what `requests` throws, and with nothing else: where the call has ended, its
    // answers say why.
    private static async Task SendAsync(
        IAsyncEnumerable<EstimateVramRequest> requests,
        IClientStreamWriter<EstimateVramRequest> stream,
        CancellationTokenSource ended
    )
    {
        try
        {
            await foreach (
                EstimateVramRequest request in requests
                    .WithCancellation(ended.Token)
                    .ConfigureAwait(false)
            )
            {
                if (!await TryWriteAsync(stream, request).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch
        {
            await ended.CancelAsync().ConfigureAwait(false);
            throw;
        }
        await TryCompleteAsync(stream).ConfigureAwait(false);
    }

    private static async Task<bool> TryWriteAsync(
        IClientStreamWriter<EstimateVramRequest> stream,
        EstimateVramRequest request
    )
    {
        try
        {
            await stream.WriteAsync(request).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (IsOfEndedCall(failure))
        {
            return false;
        }
    }

    private static async Task TryCompleteAsync(IClientStreamWriter<EstimateVramRequest> stream)
    {
        try
        {
            await stream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOfEndedCall(failure)) { }
    }

    private static bool IsOfEndedCall(Exception failure) =>
        failure is RpcException or InvalidOperationException or OperationCanceledException;
}
