using HwLedger.ViewModels;
using Microsoft.UI.Xaml.Controls;
using Microsoft.UI.Xaml.Navigation;

namespace HwLedger.App.Pages;

public sealed partial class LibraryPage : Page
{
    public LibraryPage() => InitializeComponent();

    public LibraryViewModel ViewModel { get; private set; } = null!;

    protected override void OnNavigatedTo(NavigationEventArgs e)
    {
        ViewModel = ((DaemonViewModel)e.Parameter).Library;
        Bindings.Update();
        ViewModel.RefreshCommand.Execute(null);
    }

    private void OnModelSelected(object sender, SelectionChangedEventArgs args)
    {
        if (ModelList.SelectedValue is string modelId)
        {
            ViewModel.SelectCommand.Execute(modelId);
        }
    }
}
