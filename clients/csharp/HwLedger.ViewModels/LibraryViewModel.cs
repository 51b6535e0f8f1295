using CommunityToolkit.Mvvm.ComponentModel;
using CommunityToolkit.Mvvm.Input;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels;

/// <summary>The models that are there, and those that are in memory.</summary>
public sealed partial class LibraryViewModel(HwLedgerClient client) : PageViewModel(client)
{
    private IReadOnlyList<Model> all = [];

    /// <summary>The models whose name holds the filter, by name.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<Model> Models { get; private set; } = [];

    /// <summary>The models in memory, or on their way there, by name.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<LoadedModel> LoadedModels { get; private set; } = [];

    /// <summary>A part of a name, whatever its case; empty: all.</summary>
    [ObservableProperty]
    public partial string Filter { get; set; } = "";

    /// <summary>The model that was chosen, read by the daemon; null: none.</summary>
    [ObservableProperty]
    public partial Model? Selected { get; private set; }

    /// <summary>How much of a model is in memory, 0 to 1, while it is being loaded.</summary>
    [ObservableProperty]
    public partial double LoadFraction { get; private set; }

    /// <summary>Lists everything anew.</summary>
    [RelayCommand]
    private Task RefreshAsync(CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            all = await Client.ListModelsAsync(cancellationToken);
            Models = Matching();
            LoadedModels = await Client.ListLoadedModelsAsync(cancellationToken);
        });

    /// <summary>Reads one model.</summary>
    // A second choice ends the first.
    [RelayCommand(AllowConcurrentExecutions = true)]
    private Task SelectAsync(string modelId, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            Selected = null;
            Selected = await Client.GetModelAsync(modelId, cancellationToken);
        });

    /// <summary>Loads a model; its cancel command gives that up.</summary>
    [RelayCommand(CanExecute = nameof(IsName), IncludeCancelCommand = true)]
    private async Task LoadAsync(string modelId, CancellationToken cancellationToken)
    {
        await TryAsync(async () =>
        {
            await Client.LoadModelAsync(
                new LoadModelRequest { ModelId = modelId },
                new Progress<double>(ShowFraction),
                cancellationToken
            );
            LoadedModels = await Client.ListLoadedModelsAsync(cancellationToken);
        });
        LoadFraction = 0;
    }

    /// <summary>Unloads a model; its generations end.</summary>
    [RelayCommand(CanExecute = nameof(IsName))]
    private Task UnloadAsync(string modelId, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            await Client.UnloadModelAsync(modelId, cancellationToken);
            LoadedModels = await Client.ListLoadedModelsAsync(cancellationToken);
        });

    private static bool IsName(string? modelId) => !string.IsNullOrEmpty(modelId);

    partial void OnFilterChanged(string value) => Models = Matching();

    // One that was reported as the load ended may arrive after that.
    private void ShowFraction(double fraction)
    {
        if (LoadCommand.IsRunning)
        {
            LoadFraction = fraction;
        }
    }

    private IReadOnlyList<Model> Matching() =>
        [.. all.Where(model => model.ModelId.Contains(Filter, StringComparison.OrdinalIgnoreCase))];
}
