using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HwLedger.Client.Tests;

/// <summary>Issues certificates that nobody else knows.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public CertificateAuthority()
    {
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, false, 0, critical: true)
        );
        Root = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1)
        );
    }

    public X509Certificate2 Root { get; }

    /// <summary>With its private key; for 127.0.0.1.</summary>
    public X509Certificate2 Issue(string name)
    {
        using var ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", ownKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            Root,
            Root.NotBefore,
            Root.NotAfter,
            RandomNumberGenerator.GetBytes(8)
        );
        return certificate.CopyWithPrivateKey(ownKey);
    }

    public void Dispose()
    {
        Root.Dispose();
        key.Dispose();
    }
}
