using HwLedger.ViewModels;

namespace HwLedger.App;

/// <summary>Keeps the addresses of daemons in a file of the person's, one in a line.</summary>
internal sealed class DaemonFile : IDaemonList
{
    private readonly string path = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
        "hwLedger",
        "daemons.txt"
    );

    public IReadOnlyList<string> Load() => File.Exists(path) ? File.ReadAllLines(path) : [];

    public void Save(IReadOnlyList<string> addresses)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, addresses);
    }
}
