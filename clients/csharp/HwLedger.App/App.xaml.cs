using HwLedger.Client;
using HwLedger.ViewModels;
using Microsoft.UI.Xaml;

namespace HwLedger.App;

public sealed partial class App : Application
{
    private MainWindow? window;

    public App() => InitializeComponent();

    protected override void OnLaunched(LaunchActivatedEventArgs args)
    {
        var settings = new SettingsViewModel(
            new DaemonFile(),
            address => address is null ? HwLedgerClient.Connect() : HwLedgerClient.Connect(address)
        );
        window = new MainWindow(settings);
        window.Closed += (_, _) => settings.Dispose();
        window.Activate();
    }
}
