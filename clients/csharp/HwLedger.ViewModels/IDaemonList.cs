namespace HwLedger.ViewModels;

/// <summary>Where an app keeps the addresses of a person's daemons.</summary>
public interface IDaemonList
{
    /// <summary>As they were saved; empty: never.</summary>
    IReadOnlyList<string> Load();

    /// <summary>In the order in which they are shown; the first is the one in use.</summary>
    void Save(IReadOnlyList<string> addresses);
}
