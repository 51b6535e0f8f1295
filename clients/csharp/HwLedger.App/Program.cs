using Microsoft.UI.Dispatching;
using Microsoft.UI.Xaml;
using Velopack;

namespace HwLedger.App;

internal static class Program
{
    [STAThread]
    private static void Main()
    {
        // Ends this process where it was started to install, update or remove the app.
        VelopackApp.Build().Run();
        WinRT.ComWrappersSupport.InitializeComWrappers();
        Application.Start(parameters =>
        {
            SynchronizationContext.SetSynchronizationContext(
                new DispatcherQueueSynchronizationContext(DispatcherQueue.GetForCurrentThread())
            );
            _ = new App();
        });
    }
}
