using System.Runtime.CompilerServices;
using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    /// <summary>
    /// Past loads, newest first: what was predicted beside what was measured. Asks for the
    /// next page when it is needed.
    /// </summary>
    /// <param name="modelId">Only of this model. Empty: of all.</param>
    /// <param name="pageSize">Entries that are asked for at once, 1 to 1000.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.FailedPrecondition"/>: no ledger is kept.
    /// <see cref="StatusCode.DataLoss"/>: its file is damaged.
    /// <see cref="StatusCode.InvalidArgument"/>: <paramref name="pageSize"/>.
    /// </exception>
    public virtual IAsyncEnumerable<LedgerEntry> ListEntriesAsync(
        string modelId = "",
        int pageSize = 100,
        CancellationToken cancellationToken = default
    ) =>
        PagesAsync<ListEntriesResponse, LedgerEntry>(
            (pageToken, options) =>
                ledger.ListEntriesAsync(
                    new ListEntriesRequest
                    {
                        ModelId = modelId,
                        PageSize = pageSize,
                        PageToken = pageToken,
                    },
                    options
                ),
            page => (page.Entries, page.NextPageToken),
            cancellationToken
        );

    /// <summary>
    /// Past generations, newest first: counts and times, no text. Asks for the next page when
    /// it is needed.
    /// </summary>
    /// <param name="modelId">Only of this model. Empty: of all.</param>
    /// <param name="entryId">
    /// Only of this load: <see cref="LedgerEntry.EntryId"/>. 0: of all.
    /// </param>
    /// <param name="pageSize">Generations that are asked for at once, 1 to 1000.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="ListEntriesAsync"/>.
    /// </exception>
    public virtual IAsyncEnumerable<GenerationEntry> ListGenerationsAsync(
        string modelId = "",
        long entryId = 0,
        int pageSize = 100,
        CancellationToken cancellationToken = default
    ) =>
        PagesAsync<ListGenerationsResponse, GenerationEntry>(
            (pageToken, options) =>
                ledger.ListGenerationsAsync(
                    new ListGenerationsRequest
                    {
                        ModelId = modelId,
                        EntryId = entryId,
                        PageSize = pageSize,
                        PageToken = pageToken,
                    },
                    options
                ),
            page => (page.Generations, page.NextPageToken),
            cancellationToken
        );

    /// <summary>How far predictions were off, per architecture and term, in per cent.</summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="ListEntriesAsync"/>.
    /// </exception>
    public virtual Task<IReadOnlyList<TermAccuracy>> SummarizeAccuracyAsync(
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<SummarizeAccuracyResponse, IReadOnlyList<TermAccuracy>>(
            ledger.SummarizeAccuracyAsync(
                new SummarizeAccuracyRequest(),
                Unary(cancellationToken)
            ),
            answer => answer.Terms,
            cancellationToken
        );

    // What all pages hold, each of them asked for once what came before is used up.
    private async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        Func<string, CallOptions, AsyncUnaryCall<TPage>> ask,
        Func<TPage, (IReadOnlyList<TItem> Items, string NextPageToken)> read,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string pageToken = "";
        do
        {
            TPage page = await AnswerAsync(
                    ask(pageToken, Unary(cancellationToken)),
                    cancellationToken
                )
                .ConfigureAwait(false);
            (IReadOnlyList<TItem> items, pageToken) = read(page);
            foreach (TItem item in items)
            {
                yield return item;
            }
        } while (pageToken.Length > 0);
    }
}
