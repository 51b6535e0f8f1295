namespace HwLedger.ViewModels;

/// <summary>What a generation is at.</summary>
public enum RunState
{
    /// <summary>Nothing was asked yet.</summary>
    Idle,

    /// <summary>Asked, and nothing heard yet.</summary>
    Asked,

    /// <summary>Others come first.</summary>
    Queued,

    /// <summary>The model is being read into memory.</summary>
    Loading,

    /// <summary>The prompt is being read.</summary>
    ReadingPrompt,

    /// <summary>The answer is being written.</summary>
    Writing,

    /// <summary>The answer is complete.</summary>
    Complete,

    /// <summary>The person ended it.</summary>
    Cancelled,

    /// <summary>It failed; the page's error says why.</summary>
    Failed,
}
