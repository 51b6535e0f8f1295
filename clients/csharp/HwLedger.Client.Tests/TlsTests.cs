using System.Security.Cryptography.X509Certificates;
using Hwledger.V1;

namespace HwLedger.Client.Tests;

/// <summary>
/// Against a server of ours that answers one call: the daemon itself speaks no TLS yet.
/// </summary>
public sealed class TlsTests : IDisposable
{
    private readonly CertificateAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task ACallIsAnsweredOverTls()
    {
        await using TlsServer server = await TlsServer.StartAsync(authority);
        using HwLedgerClient client = Connect(server, new HwLedgerTls { TrustedRoots = Roots() });

        MemoryPrediction prediction = await client.EstimateVramAsync("demo", 512);

        Assert.Equal(512, prediction.Tag);
        Assert.Null(server.LastCaller);
    }

    [Fact]
    public async Task AnAuthorityThatIsNotTrustedIsRefused()
    {
        await using TlsServer server = await TlsServer.StartAsync(authority);
        using var stranger = new CertificateAuthority();
        using HwLedgerClient client = Connect(
            server,
            new HwLedgerTls { TrustedRoots = [stranger.Root] }
        );

        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            client.EstimateVramAsync("demo", 512)
        );

        Assert.False(failure.IsFromDaemon);
        Assert.Equal(0, server.CallCount);
    }

    [Fact]
    public async Task ACertificateOfAnotherNameIsRefused()
    {
        await using TlsServer server = await TlsServer.StartAsync(authority);
        using HwLedgerClient client = Connect(
            server,
            new HwLedgerTls { TrustedRoots = Roots(), ServerName = "gpu-box" }
        );

        await Assert.ThrowsAsync<HwLedgerException>(() => client.EstimateVramAsync("demo", 512));

        Assert.Equal(0, server.CallCount);
    }

    [Fact]
    public async Task AServerThatWantsToKnowItsCallersSeesTheCertificate()
    {
        await using TlsServer server = await TlsServer.StartAsync(
            authority,
            wantsClientCertificate: true
        );
        using X509Certificate2 alice = authority.Issue("alice");
        using HwLedgerClient client = Connect(
            server,
            new HwLedgerTls { TrustedRoots = Roots(), ClientCertificate = alice }
        );

        await client.EstimateVramAsync("demo", 512);

        Assert.Equal("CN=alice", server.LastCaller);
    }

    [Fact]
    public async Task TheTokenIsAskedForAndSentWithEveryCall()
    {
        await using TlsServer server = await TlsServer.StartAsync(authority);
        int asked = 0;
        using HwLedgerClient client = HwLedgerClient.Connect(
            new HwLedgerClientOptions
            {
                Address = server.Address,
                Tls = new HwLedgerTls { TrustedRoots = Roots() },
                BearerToken = _ => new ValueTask<string>($"token-{++asked}"),
            }
        );

        await client.EstimateVramAsync("demo", 512);
        await client.EstimateVramAsync("demo", 512);

        Assert.Equal("Bearer token-2", server.LastAuthorization);
    }

    [Fact]
    public void ATokenIsNotSentAcrossANetworkInTheClear()
    {
        var options = new HwLedgerClientOptions
        {
            Address = "gpu-box:7420",
            BearerToken = _ => new ValueTask<string>("secret"),
        };

        Assert.Throws<ArgumentException>(() => HwLedgerClient.Connect(options));

        options.Address = "localhost:7420";
        HwLedgerClient.Connect(options).Dispose();
    }

    private X509Certificate2Collection Roots() => [authority.Root];

    private static HwLedgerClient Connect(TlsServer server, HwLedgerTls tls) =>
        HwLedgerClient.Connect(new HwLedgerClientOptions { Address = server.Address, Tls = tls });
}
