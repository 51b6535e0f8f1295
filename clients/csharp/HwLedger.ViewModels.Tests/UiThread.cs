using System.Collections.Concurrent;
using System.ComponentModel;

namespace HwLedger.ViewModels.Tests;

/// <summary>
/// A thread that draws, as apps have one: what is awaited on it goes on there. What a view
/// model changes anywhere else fails the test.
/// </summary>
internal sealed class UiThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> posted = [];
    private readonly int threadId = Environment.CurrentManagedThreadId;
    private string? changedElsewhere;

    /// <summary>Runs a test there.</summary>
    public static void Run(Func<UiThread, Task> test)
    {
        SynchronizationContext? before = Current;
        var thread = new UiThread();
        SetSynchronizationContext(thread);
        try
        {
            Task running = test(thread);
            running.ContinueWith(_ => thread.posted.CompleteAdding(), TaskScheduler.Default);
            foreach ((SendOrPostCallback callback, object? state) in thread.posted.GetConsumingEnumerable())
            {
                callback(state);
            }
            running.GetAwaiter().GetResult();
            Assert.Null(thread.changedElsewhere);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            posted.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The test is over.
        }
    }

    /// <summary>How often a property changes from now on.</summary>
    public Func<int> CountChanges(INotifyPropertyChanged viewModel, string property)
    {
        int count = 0;
        viewModel.PropertyChanged += (_, change) =>
        {
            if (Environment.CurrentManagedThreadId != threadId)
            {
                changedElsewhere = change.PropertyName;
            }
            if (change.PropertyName == property)
            {
                count++;
            }
        };
        return () => count;
    }

    /// <summary>Waits until something holds that a change of the view model brings about.</summary>
    public async Task UntilAsync(INotifyPropertyChanged viewModel, Func<bool> condition)
    {
        CountChanges(viewModel, "");
        var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, PropertyChangedEventArgs change)
        {
            if (condition())
            {
                holds.TrySetResult();
            }
        }
        viewModel.PropertyChanged += Look;
        Look(null, new PropertyChangedEventArgs(null));
        await holds.Task.WaitAsync(TimeSpan.FromSeconds(60));
        viewModel.PropertyChanged -= Look;
    }
}
