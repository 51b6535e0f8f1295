namespace HwLedger.Client.Tests;

public sealed class DaemonAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7420", "127.0.0.1", true)]
    [InlineData("[::1]:7420", "::1", true)]
    [InlineData("localhost:1", "localhost", true)]
    [InlineData("gpu-box:65535", "gpu-box", false)]
    [InlineData("192.0.2.7:7420", "192.0.2.7", false)]
    public void AHostAndPortIsAnAddress(string text, string host, bool isLocal)
    {
        DaemonAddress address = DaemonAddress.Parse(text);

        Assert.Equal(host, address.Host);
        Assert.Equal(isLocal, address.IsLocal);
        Assert.Null(address.SocketPath);
        Assert.Equal(text, address.Text);
    }

    [Fact]
    public void ASocketIsAnAddress()
    {
        DaemonAddress address = DaemonAddress.Parse("unix:/run/a b.sock");

        Assert.Equal("/run/a b.sock", address.SocketPath);
        Assert.True(address.IsLocal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7420")]
    [InlineData("localhost")]
    [InlineData(":7420")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:80a")]
    [InlineData("http://localhost:7420")]
    [InlineData("me@localhost:7420")]
    [InlineData("unix:")]
    [InlineData("unix:relative.sock")]
    public void AnythingElseIsNone(string text)
    {
        var failure = Assert.Throws<ArgumentException>(() => HwLedgerClient.Connect(text));

        Assert.Contains($"got '{text}'", failure.Message, StringComparison.Ordinal);
    }
}
