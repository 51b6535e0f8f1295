using HwLedger.App.Pages;
using HwLedger.ViewModels;
using Microsoft.UI.Xaml;
using Microsoft.UI.Xaml.Controls;

namespace HwLedger.App;

public sealed partial class MainWindow : Window
{
    public MainWindow(SettingsViewModel viewModel)
    {
        ViewModel = viewModel;
        InitializeComponent();
        viewModel.PropertyChanged += (_, change) =>
        {
            if (change.PropertyName == nameof(SettingsViewModel.Current))
            {
                Show();
            }
        };
        Navigation.SelectedItem = PlannerItem;
    }

    public SettingsViewModel ViewModel { get; }

    private void OnDaemonSelected(object sender, SelectionChangedEventArgs args)
    {
        if (args.AddedItems is [DaemonViewModel daemon])
        {
            ViewModel.Current = daemon;
        }
    }

    private void OnSelectionChanged(
        NavigationView sender,
        NavigationViewSelectionChangedEventArgs args
    ) => Show();

    // The page that is selected, of the daemon in use; without one, where to add one.
    private void Show()
    {
        if (ViewModel.Current is { } daemon && PageOf(Navigation.SelectedItem as NavigationViewItem) is { } page)
        {
            PageFrame.Navigate(page, daemon);
        }
        else
        {
            PageFrame.Navigate(typeof(SettingsPage), ViewModel);
        }
        PageFrame.BackStack.Clear();
    }

    private Type? PageOf(NavigationViewItem? item) =>
        item == PlannerItem ? typeof(PlannerPage)
        : item == RunItem ? typeof(RunPage)
        : item == LibraryItem ? typeof(LibraryPage)
        : item == DevicesItem ? typeof(DevicesPage)
        : item == LedgerItem ? typeof(LedgerPage)
        : null;
}
