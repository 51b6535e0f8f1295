using HwLedger.ViewModels;
using Microsoft.UI.Xaml.Controls;
using Microsoft.UI.Xaml.Navigation;

namespace HwLedger.App.Pages;

public sealed partial class DevicesPage : Page
{
    public DevicesPage() => InitializeComponent();

    public DevicesViewModel ViewModel { get; private set; } = null!;

    protected override void OnNavigatedTo(NavigationEventArgs e)
    {
        ViewModel = ((DaemonViewModel)e.Parameter).Devices;
        Bindings.Update();
        var left = new CancellationTokenSource();
        Unloaded += (_, _) => left.Cancel();
        _ = ViewModel.RunAsync(null, left.Token);
    }
}
