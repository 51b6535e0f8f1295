using System.Net;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Hwledger.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HwLedger.Client.Tests;

/// <summary>
/// Answers Planner.EstimateVram over TLS: the prediction's tag is the request's
/// sequence_length. Remembers who called.
/// </summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly X509Certificate2 certificate;

    private TlsServer(WebApplication application, X509Certificate2 certificate)
    {
        this.application = application;
        this.certificate = certificate;
    }

    public string Address => new Uri(application.Urls.Single()).Authority;

    public int CallCount => Calls.Count;

    public string? LastCaller => Calls.LastCaller;

    public string? LastAuthorization => Calls.LastAuthorization;

    private CallRecord Calls => application.Services.GetRequiredService<CallRecord>();

    public static async Task<TlsServer> StartAsync(
        CertificateAuthority authority,
        bool wantsClientCertificate = false
    )
    {
        X509Certificate2 certificate = authority.Issue("server");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<CallRecord>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.UseHttps(
                        new HttpsConnectionAdapterOptions
                        {
                            ServerCertificate = certificate,
                            ClientCertificateMode = wantsClientCertificate
                                ? ClientCertificateMode.RequireCertificate
                                : ClientCertificateMode.NoCertificate,
                            ClientCertificateValidation = (shown, _, _) =>
                                shown.Issuer == authority.Root.Subject,
                        }
                    );
                }
            )
        );
        WebApplication application = builder.Build();
        application.MapGrpcService<EstimateVramService>();
        await application.StartAsync();
        return new TlsServer(application, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        certificate.Dispose();
    }

    private sealed class CallRecord
    {
        public int Count { get; private set; }

        public string? LastCaller { get; private set; }

        public string? LastAuthorization { get; private set; }

        public void Add(HttpContext call)
        {
            Count++;
            LastCaller = call.Connection.ClientCertificate?.Subject;
            LastAuthorization = call.Request.Headers.Authorization;
        }
    }

    // As protoc would generate it: a method that serves calls overrides one.
    [BindServiceMethod(typeof(EstimateVramBase), nameof(Bind))]
    private abstract class EstimateVramBase
    {
        private static readonly Method<EstimateVramRequest, MemoryPrediction> Method = new(
            MethodType.Unary,
            Planner.Descriptor.FullName,
            "EstimateVram",
            Marshallers.Create(m => m.ToByteArray(), EstimateVramRequest.Parser.ParseFrom),
            Marshallers.Create(m => m.ToByteArray(), MemoryPrediction.Parser.ParseFrom)
        );

        public static void Bind(ServiceBinderBase binder, EstimateVramBase? service) =>
            binder.AddMethod(Method, service is null ? null : service.EstimateVram);

        public abstract Task<MemoryPrediction> EstimateVram(
            EstimateVramRequest request,
            ServerCallContext context
        );
    }

    private sealed class EstimateVramService(CallRecord calls) : EstimateVramBase
    {
        public override Task<MemoryPrediction> EstimateVram(
            EstimateVramRequest request,
            ServerCallContext context
        )
        {
            calls.Add(context.GetHttpContext());
            return Task.FromResult(new MemoryPrediction { Tag = request.SequenceLength });
        }
    }
}
