using System.Net.Http.Headers;

namespace HwLedger.Client;

/// <summary>Says with every call who calls.</summary>
internal sealed class BearerTokenHandler(
    Func<CancellationToken, ValueTask<string>> bearerToken,
    HttpMessageHandler next
) : DelegatingHandler(next)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        string token = await bearerToken(cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
