using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

public sealed class LibraryViewModelTests
{
    [Fact]
    public void TheFilterHoldsWhateverTheCase() =>
        UiThread.Run(async _ =>
        {
            var library = new LibraryViewModel(
                new FakeDaemon
                {
                    Models = [new Model { ModelId = "demo" }, new Model { ModelId = "Qwen3-8B" }],
                }
            );

            library.Filter = "qwen";
            await library.RefreshCommand.ExecuteAsync(null);

            Assert.Equal("Qwen3-8B", Assert.Single(library.Models).ModelId);
            library.Filter = "";
            Assert.Equal(2, library.Models.Count);
        });

    [Fact]
    public void ALoadShowsHowFarItIsUntilItEnds() =>
        UiThread.Run(async thread =>
        {
            var half = new TaskCompletionSource();
            var library = new LibraryViewModel(
                new FakeDaemon
                {
                    LoadModel = async progress =>
                    {
                        progress!.Report(0.5);
                        await half.Task;
                        return new LoadedModel { ModelId = "demo" };
                    },
                }
            );

            Task loading = library.LoadCommand.ExecuteAsync("demo");
            await thread.UntilAsync(library, () => library.LoadFraction == 0.5);
            half.SetResult();
            await loading;

            Assert.Equal(0, library.LoadFraction);
            Assert.Equal("demo", Assert.Single(library.LoadedModels).ModelId);
        });

    [Fact]
    public void ALoadThatDoesNotFitIsToldWithTheDaemonsWords() =>
        UiThread.Run(async _ =>
        {
            var library = new LibraryViewModel(
                new FakeDaemon
                {
                    LoadModel = _ =>
                        throw FakeDaemon.Failure(
                            StatusCode.ResourceExhausted,
                            "needs 140 GiB, 22.4 GiB are free"
                        ),
                }
            );

            await library.LoadCommand.ExecuteAsync("llama-3.1-70b");

            Assert.Equal("needs 140 GiB, 22.4 GiB are free", library.Error);
            Assert.Equal(0, library.LoadFraction);
        });
}
