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
    public virtual async IAsyncEnumerable<LedgerEntry> ListEntriesAsync(
        string modelId = "",
        int pageSize = 100,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new ListEntriesRequest { ModelId = modelId, PageSize = pageSize };
        do
        {
            ListEntriesResponse page = await AnswerAsync(
                    ledger.ListEntriesAsync(request, Unary(cancellationToken)),
                    cancellationToken
                )
                .ConfigureAwait(false);
            foreach (LedgerEntry entry in page.Entries)
            {
                yield return entry;
            }
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
    }

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
    public virtual async IAsyncEnumerable<GenerationEntry> ListGenerationsAsync(
        string modelId = "",
        long entryId = 0,
        int pageSize = 100,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new ListGenerationsRequest
        {
            ModelId = modelId,
            EntryId = entryId,
            PageSize = pageSize,
        };
        do
        {
            ListGenerationsResponse page = await AnswerAsync(
                    ledger.ListGenerationsAsync(request, Unary(cancellationToken)),
                    cancellationToken
                )
                .ConfigureAwait(false);
            foreach (GenerationEntry generation in page.Generations)
            {
                yield return generation;
            }
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
    }

    /// <summary>How far predictions were off, per architecture and term, in per cent.</summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="ListEntriesAsync"/>.
    /// </exception>
    public virtual async Task<IReadOnlyList<TermAccuracy>> SummarizeAccuracyAsync(
        CancellationToken cancellationToken = default
    )
    {
        SummarizeAccuracyResponse response = await AnswerAsync(
                ledger.SummarizeAccuracyAsync(
                    new SummarizeAccuracyRequest(),
                    Unary(cancellationToken)
                ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return response.Terms;
    }
}
