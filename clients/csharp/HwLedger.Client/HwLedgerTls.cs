using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HwLedger.Client;

/// <summary>
/// How to speak TLS with a daemon: whom to believe, and who one is. Everything that is
/// unset is as the system has it.
/// </summary>
public sealed class HwLedgerTls
{
    /// <summary>
    /// The only authorities whose certificates are believed. Null: those of the system.
    /// </summary>
    public X509Certificate2Collection? TrustedRoots { get; set; }

    /// <summary>
    /// Shown to a daemon that asks for one (mutual TLS), with its private key. Null: none.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>
    /// The name that the daemon's certificate must have. Null: the host of the address.
    /// </summary>
    public string? ServerName { get; set; }

    internal SslClientAuthenticationOptions ToSslOptions()
    {
        var options = new SslClientAuthenticationOptions();
        if (ClientCertificate is not null)
        {
            options.ClientCertificates = [ClientCertificate];
        }
        if (TrustedRoots is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // A private authority publishes no lists of what it took back.
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(TrustedRoots);
            options.CertificateChainPolicy = policy;
        }
        return options;
    }
}
