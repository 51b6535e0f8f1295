using System.Diagnostics;

namespace HwLedger.Client.Tests.Daemon;

/// <summary>
/// Where hwLedger's programs run: the reference platform, which <c>deploy/shell</c> enters.
/// </summary>
internal static class Platform
{
    private static readonly string Checkout = FindCheckout();

    /// <summary>
    /// The folder with hwledgerd and hwledger: HWLEDGER_TEST_PROGRAMS, else the release build.
    /// </summary>
    public static string Programs { get; } =
        Environment.GetEnvironmentVariable("HWLEDGER_TEST_PROGRAMS") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Checkout, "build", "release", "bin");

    /// <summary>Starts a script of bash, which finds the programs in $PROGRAMS.</summary>
    public static Process Start(string script, IReadOnlyDictionary<string, string> variables)
    {
        if (!File.Exists(Path.Combine(Programs, "hwledgerd")))
        {
            throw new FileNotFoundException(
                $"no hwledgerd in {Programs}: build the preset release, or name another folder "
                    + "in HWLEDGER_TEST_PROGRAMS"
            );
        }
        var start = new ProcessStartInfo(Path.Combine(Checkout, "deploy", "shell"), [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PROGRAMS"] = Programs;
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    private static string FindCheckout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "deploy", "shell")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new FileNotFoundException("not in a checkout");
    }
}
