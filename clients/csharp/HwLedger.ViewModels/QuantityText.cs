using System.Globalization;

namespace HwLedger.ViewModels;

/// <summary>
/// Quantities as people write them, with three significant digits: the same words as the
/// command line's.
/// </summary>
public static class QuantityText
{
    /// <summary>Stands for what is unknown.</summary>
    public const string Unknown = "–";

    private static readonly string[] ByteUnits = [" B", " KiB", " MiB", " GiB", " TiB", " PiB"];

    /// <summary>"512 B", "4.58 GiB".</summary>
    public static string Bytes(long bytes)
    {
        double scaled = bytes;
        int unit = 0;
        while (unit + 1 < ByteUnits.Length && Math.Round(scaled) >= 1024)
        {
            scaled /= 1024;
            ++unit;
        }
        string digits =
            unit == 0 ? bytes.ToString(CultureInfo.CurrentCulture) : Number(scaled);
        return digits + ByteUnits[unit];
    }

    /// <summary>"0.42", "41.2", "1530".</summary>
    public static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                < 9.995 => "F2",
                < 99.95 => "F1",
                _ => "F0",
            },
            CultureInfo.CurrentCulture
        );

    /// <summary>"7.32 %".</summary>
    public static string Percent(double percent) => $"{Number(percent)} %";

    /// <summary>"41.2–55.0"; one number where both ends look the same.</summary>
    public static string Range(double low, double high)
    {
        string from = Number(low);
        string to = Number(high);
        return from == to ? from : $"{from}–{to}";
    }
}
