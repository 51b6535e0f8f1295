using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace HwLedger.Client.Tests;

public sealed class HwLedgerExceptionTests
{
    [Fact]
    public void DetailsOfTheDaemonBecomeProperties()
    {
        RpcException failure = new RpcStatus
        {
            Code = (int)Code.ResourceExhausted,
            Message = "too many requests wait: 32",
            Details =
            {
                Any.Pack(new ErrorInfo { Domain = "hwledger", Reason = "RESOURCE_EXHAUSTED" }),
                Any.Pack(
                    new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5)) }
                ),
                Any.Pack(
                    new BadRequest
                    {
                        FieldViolations =
                        {
                            new BadRequest.Types.FieldViolation
                            {
                                Field = "stop",
                                Description = "stop is empty",
                            },
                        },
                    }
                ),
            },
        }.ToRpcException();

        var exception = new HwLedgerException(failure);

        Assert.Equal(StatusCode.ResourceExhausted, exception.Code);
        Assert.Equal("too many requests wait: 32", exception.Message);
        Assert.Equal("RESOURCE_EXHAUSTED", exception.Reason);
        Assert.Equal(TimeSpan.FromSeconds(1.5), exception.RetryDelay);
        Assert.Equal([new FieldViolation("stop", "stop is empty")], exception.FieldViolations);
        Assert.True(exception.IsFromDaemon);
    }

    [Fact]
    public void AFailureOfTheConnectionHasNoDetails()
    {
        var failure = new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "refused"));

        var exception = new HwLedgerException(failure);

        Assert.Equal("refused", exception.Message);
        Assert.Null(exception.Reason);
        Assert.Null(exception.RetryDelay);
        Assert.Empty(exception.FieldViolations);
        Assert.False(exception.IsFromDaemon);
    }

    [Fact]
    public void DetailsThatCannotBeReadAreNone()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [0xff, 0xff] } };
        var failure = new RpcException(new Grpc.Core.Status(StatusCode.Internal, ""), trailers);

        var exception = new HwLedgerException(failure);

        Assert.Equal("the daemon failed without a reason (code 13)", exception.Message);
        Assert.False(exception.IsFromDaemon);
    }
}
