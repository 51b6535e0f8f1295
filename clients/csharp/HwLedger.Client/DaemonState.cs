namespace HwLedger.Client;

/// <summary>What can be expected of a daemon now.</summary>
public enum DaemonState
{
    /// <summary>Nobody answers at its address.</summary>
    Unreachable,

    /// <summary>It is there and takes no new calls: it starts, or it stops.</summary>
    NotServing,

    /// <summary>It answers calls.</summary>
    Serving,
}
