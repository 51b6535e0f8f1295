// hwledger-dotnet plan MODEL [TOKENS]: whether a model fits this machine.
// hwledger-dotnet run MODEL MESSAGE…: its answer, as it comes. Ctrl-C ends it.
using HwLedger.Client;
using Hwledger.V1;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    interrupted.Cancel();
};
try
{
    using HwLedgerClient client = HwLedgerClient.Connect();
    switch (args)
    {
        case ["plan", var model]:
            return await PlanAsync(client, model, 8192);
        case ["plan", var model, var number] when int.TryParse(number, out int tokens):
            return await PlanAsync(client, model, tokens);
        case ["run", var model, .. { Length: > 0 } words]:
            return await RunAsync(client, model, string.Join(' ', words));
        default:
            Console.Error.WriteLine(
                "usage: hwledger-dotnet plan MODEL [TOKENS] | run MODEL MESSAGE…"
            );
            return 2;
    }
}
catch (Exception failure) when (failure is HwLedgerException or ArgumentException)
{
    Console.Error.WriteLine($"hwledger-dotnet: {failure.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

async Task<int> PlanAsync(HwLedgerClient client, string model, int tokens)
{
    MemoryPrediction plan = await client.EstimateVramAsync(
        model,
        tokens,
        cancellationToken: interrupted.Token
    );
    Console.WriteLine(
        $"{plan.Model.Name}, {plan.Model.Quantization}, {tokens} tokens: "
            + $"weights {plan.WeightsMb} MiB, KV cache {plan.KvCacheMb} MiB, "
            + $"overhead {plan.RuntimeOverheadMb} MiB, total {plan.TotalMb} MiB: {plan.Verdict}"
    );
    return plan.Verdict == Verdict.DoesNotFit ? 4 : 0;
}

async Task<int> RunAsync(HwLedgerClient client, string model, string message)
{
    await foreach (
        InferenceEvent inferenceEvent in client
            .RunInferenceAsync(model, message)
            .WithCancellation(interrupted.Token)
    )
    {
        if (inferenceEvent is TokenEvent token)
        {
            Console.Write(token.Text);
        }
    }
    Console.WriteLine();
    return 0;
}
