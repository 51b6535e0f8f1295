using HwLedger.ViewModels;
using Microsoft.UI.Xaml.Controls;
using Microsoft.UI.Xaml.Navigation;

namespace HwLedger.App.Pages;

public sealed partial class PlannerPage : Page
{
    public PlannerPage() => InitializeComponent();

    public PlannerViewModel ViewModel { get; private set; } = null!;

    protected override void OnNavigatedTo(NavigationEventArgs e)
    {
        ViewModel = ((DaemonViewModel)e.Parameter).Planner;
        Bindings.Update();
        ViewModel.ListChoicesCommand.Execute(null);
        var left = new CancellationTokenSource();
        Unloaded += (_, _) => left.Cancel();
        _ = ViewModel.RunAsync(left.Token);
    }

    private double Number(int value) => value;

    private void SetSequenceLength(double value) => ViewModel.SequenceLength = (int)value;

    private void SetBatchSize(double value) => ViewModel.BatchSize = (int)value;

    private void OnDevicesSelected(object sender, SelectionChangedEventArgs args) =>
        ViewModel.Devices = [.. DeviceList.SelectedItems.Cast<string>()];
}
