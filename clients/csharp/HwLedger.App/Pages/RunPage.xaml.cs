using HwLedger.ViewModels;
using Microsoft.UI.Xaml.Controls;
using Microsoft.UI.Xaml.Navigation;

namespace HwLedger.App.Pages;

public sealed partial class RunPage : Page
{
    public RunPage() => InitializeComponent();

    public RunViewModel ViewModel { get; private set; } = null!;

    protected override void OnNavigatedTo(NavigationEventArgs e)
    {
        ViewModel = ((DaemonViewModel)e.Parameter).Run;
        Bindings.Update();
    }
}
