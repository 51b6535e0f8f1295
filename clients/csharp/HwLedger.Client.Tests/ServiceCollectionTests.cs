using Microsoft.Extensions.DependencyInjection;

namespace HwLedger.Client.Tests;

public sealed class ServiceCollectionTests
{
    [Fact]
    public void AProgramHasOneClient()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddHwLedgerClient(options => options.Address = "gpu-box:7420")
            .BuildServiceProvider();

        HwLedgerClient client = services.GetRequiredService<HwLedgerClient>();

        Assert.Equal("gpu-box:7420", client.Address);
        Assert.Same(client, services.GetRequiredService<HwLedgerClient>());
    }

    [Fact]
    public async Task TheContainerEndsIt()
    {
        HwLedgerClient client;
        using (
            ServiceProvider services = new ServiceCollection()
                .AddHwLedgerClient(options => options.Address = "unix:/nowhere/hwledgerd.sock")
                .BuildServiceProvider()
        )
        {
            client = services.GetRequiredService<HwLedgerClient>();
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ListDevicesAsync());
    }

    [Fact]
    public void SeveralDaemonsAreToldApartByTheirKeys()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddKeyedHwLedgerClient("here", options => options.Address = "localhost:7420")
            .AddKeyedHwLedgerClient("there", options => options.Address = "gpu-box:7420")
            .BuildServiceProvider();

        HwLedgerClient there = services.GetRequiredKeyedService<HwLedgerClient>("there");

        Assert.Equal("gpu-box:7420", there.Address);
        Assert.Null(services.GetService<HwLedgerClient>());
    }
}
