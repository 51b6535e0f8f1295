using System.Globalization;

namespace HwLedger.ViewModels.Tests;

public sealed class QuantityTextTests : IDisposable
{
    private readonly CultureInfo before = CultureInfo.CurrentCulture;

    public QuantityTextTests() => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    public void Dispose() => CultureInfo.CurrentCulture = before;

    [Theory]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1024L, "1.00 KiB")]
    [InlineData(1_073_741_824L, "1.00 GiB")]
    [InlineData(4_920_739_232L, "4.58 GiB")]
    // 1023.9 MiB would be written as 1024 MiB.
    [InlineData(1_073_636_966L, "1.00 GiB")]
    [InlineData(1_073_741_824L * 24, "24.0 GiB")]
    public void BytesAreWrittenInTheLargestUnit(long bytes, string text)
    {
        Assert.Equal(text, QuantityText.Bytes(bytes));
    }

    [Theory]
    [InlineData(7.321, "7.32 %")]
    [InlineData(-12.34, "-12.3 %")]
    [InlineData(100.0, "100 %")]
    public void PercentHaveThreeDigitsWhateverTheirSign(double percent, string text)
    {
        Assert.Equal(text, QuantityText.Percent(percent));
    }

    [Theory]
    [InlineData(41.2, 55.0, "41.2–55.0")]
    [InlineData(41.21, 41.22, "41.2")]
    [InlineData(2902, 4970, "2902–4970")]
    [InlineData(0.68, 0.73, "0.68–0.73")]
    public void ARangeOfOneNumberIsThatNumber(double low, double high, string text)
    {
        Assert.Equal(text, QuantityText.Range(low, high));
    }

    [Fact]
    public void TheDecimalPointIsThePersons()
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

        Assert.Equal("1,50 GiB", QuantityText.Bytes(1_610_612_736));
    }
}
