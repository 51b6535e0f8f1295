using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    /// <summary>
    /// Every model that is there: the catalogue's, the demo, and those that other programs
    /// have downloaded. None is read, so of one that nobody has asked for yet only its name,
    /// source, path, size on disk and problem are told.
    /// </summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    public virtual Task<IReadOnlyList<Model>> ListModelsAsync(
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<ListModelsResponse, IReadOnlyList<Model>>(
            library.ListModelsAsync(new ListModelsRequest(), Unary(cancellationToken)),
            answer => answer.Models,
            cancellationToken
        );

    /// <summary>One model, read as far as its files' headers.</summary>
    /// <param name="modelId">As everywhere.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.NotFound"/>: the message lists the closest names.
    /// <see cref="StatusCode.DataLoss"/>: a file is damaged.
    /// </exception>
    public virtual Task<Model> GetModelAsync(
        string modelId,
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<GetModelResponse, Model>(
            library.GetModelAsync(
                new GetModelRequest { ModelId = modelId },
                Unary(cancellationToken)
            ),
            answer => answer.Model,
            cancellationToken
        );

    /// <summary>
    /// Loads a model and returns when it is ready. Where memory is short, models that are idle
    /// and not pinned are unloaded, as few as will do.
    /// </summary>
    /// <param name="request">Which, and how.</param>
    /// <param name="progress">Told how much of it is there, 0 to 1. Null: nobody.</param>
    /// <param name="cancellationToken">
    /// Gives the load up where nobody else waits for it.
    /// </param>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.ResourceExhausted"/>: it does not fit; the message says what it
    /// needs, what is free, and the nearest settings that fit.
    /// <see cref="StatusCode.FailedPrecondition"/>: there is no file to run, or it is loaded
    /// with another value of an option that is set here.
    /// <see cref="StatusCode.Unavailable"/>: its process died.
    /// </exception>
    public virtual async Task<LoadedModel> LoadModelAsync(
        LoadModelRequest request,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        using AsyncServerStreamingCall<LoadModelResponse> call = library.LoadModel(
            request,
            Streaming(cancellationToken)
        );
        LoadedModel? loaded = null;
        await foreach (
            LoadModelResponse response in AnswersAsync(call.ResponseStream, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            loaded = response.Loaded ?? loaded;
            if (response.LoadProgress is { } part)
            {
                progress?.Report(part.Fraction);
            }
        }
        return loaded
            ?? throw new HwLedgerException(
                new RpcException(
                    new Status(StatusCode.Internal, "the load ended and nothing is loaded")
                )
            );
    }

    /// <summary>
    /// Unloads a model and returns when its memory is back. Its generations end with
    /// <see cref="StatusCode.Cancelled"/>.
    /// </summary>
    /// <param name="modelId">As it was loaded.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Bytes that its process held when it was told to end.</returns>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.NotFound"/>: it is not loaded.
    /// </exception>
    public virtual Task<long> UnloadModelAsync(
        string modelId,
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<UnloadModelResponse, long>(
            library.UnloadModelAsync(
                new UnloadModelRequest { ModelId = modelId },
                Unary(cancellationToken)
            ),
            answer => answer.FreedBytes,
            cancellationToken
        );

    /// <summary>The models that are in memory or on their way there, by name.</summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    public virtual Task<IReadOnlyList<LoadedModel>> ListLoadedModelsAsync(
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<ListLoadedModelsResponse, IReadOnlyList<LoadedModel>>(
            library.ListLoadedModelsAsync(
                new ListLoadedModelsRequest(),
                Unary(cancellationToken)
            ),
            answer => answer.Models,
            cancellationToken
        );
}
