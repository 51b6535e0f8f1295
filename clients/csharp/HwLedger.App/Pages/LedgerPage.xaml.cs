using HwLedger.ViewModels;
using Microsoft.UI.Xaml.Controls;
using Microsoft.UI.Xaml.Navigation;

namespace HwLedger.App.Pages;

public sealed partial class LedgerPage : Page
{
    public LedgerPage() => InitializeComponent();

    public LedgerViewModel ViewModel { get; private set; } = null!;

    protected override void OnNavigatedTo(NavigationEventArgs e)
    {
        ViewModel = ((DaemonViewModel)e.Parameter).Ledger;
        Bindings.Update();
        ViewModel.RefreshCommand.Execute(null);
    }
}
