using HwLedger.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers clients of daemons with a container of services.</summary>
public static class HwLedgerServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="HwLedgerClient"/> for the whole program; the container ends it.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">
    /// Says where the daemon is. Null: the daemon of this user, on this machine.
    /// </param>
    public static IServiceCollection AddHwLedgerClient(
        this IServiceCollection services,
        Action<HwLedgerClientOptions>? configure = null
    ) => services.AddSingleton(_ => Connect(configure));

    /// <summary>
    /// The same for one of several daemons, under a key
    /// (<see cref="FromKeyedServicesAttribute"/>).
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="serviceKey">Tells the daemons apart.</param>
    /// <param name="configure">Says where the daemon is.</param>
    public static IServiceCollection AddKeyedHwLedgerClient(
        this IServiceCollection services,
        object serviceKey,
        Action<HwLedgerClientOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddKeyedSingleton(serviceKey, (_, _) => Connect(configure));
    }

    private static HwLedgerClient Connect(Action<HwLedgerClientOptions>? configure)
    {
        var options = new HwLedgerClientOptions();
        configure?.Invoke(options);
        return HwLedgerClient.Connect(options);
    }
}
