using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HwLedger.Client.Tests.Daemon;

/// <summary>
/// A real daemon, with nothing of the user's, in a folder that goes away with it. It ends with
/// this process, even where that is killed.
/// </summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The daemon ends when nobody holds the other end of its guard's input any more.
    private const string Script = """
        exec 3<&0
        HOME=$FOLDER XDG_RUNTIME_DIR=$FOLDER "$PROGRAMS/hwledgerd" \
          --grpc-address "$GRPC_ADDRESS" --socket-path "$FOLDER/hwledgerd.sock" \
          --http-address "" --ledger-path "$FOLDER/ledger.db" --stop-grace 0 \
          3<&- </dev/null &
        daemon=$!
        (while read -r _; do :; done <&3; kill "$daemon") 2>/dev/null &
        guard=$!
        wait "$daemon"
        status=$?
        kill "$guard" 2>/dev/null
        exit "$status"
        """;

    private readonly StringBuilder log = new();
    private readonly string folder = Directory.CreateTempSubdirectory("hwledger-").FullName;
    private Process? process;

    private DaemonProcess() => TcpAddress = $"127.0.0.1:{FreePort()}";

    public string SocketAddress => $"unix:{folder}/hwledgerd.sock";

    public string TcpAddress { get; }

    /// <summary>Returns once it answers calls.</summary>
    public static async Task<DaemonProcess> StartAsync()
    {
        var daemon = new DaemonProcess();
        try
        {
            await daemon.StartAgainAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>At the same addresses, with the same ledger, after it was stopped.</summary>
    public async Task StartAgainAsync()
    {
        Launch();
        using HwLedgerClient client = HwLedgerClient.Connect(SocketAddress);
        using var patience = new CancellationTokenSource(Patience);
        Task serving = client.WaitUntilServingAsync(patience.Token);
        if (await Task.WhenAny(serving, process!.WaitForExitAsync(patience.Token)) != serving)
        {
            throw new InvalidOperationException($"the daemon ended or hangs:\n{Log()}");
        }
        await serving;
    }

    /// <summary>Without waiting until it answers.</summary>
    public void Launch()
    {
        process = Platform.Start(
            Script,
            new Dictionary<string, string>
            {
                ["FOLDER"] = folder,
                ["GRPC_ADDRESS"] = TcpAddress,
            }
        );
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Returns once it has ended.</summary>
    public async Task StopAsync()
    {
        if (process is null)
        {
            return;
        }
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the daemon does not stop:\n{Log()}");
        }
        finally
        {
            process.Dispose();
            process = null;
        }
    }

    /// <summary>What the command line prints, which must end well.</summary>
    public async Task<string> RunCommandLineAsync(string arguments)
    {
        using Process command = Platform.Start(
            $"exec \"$PROGRAMS/hwledger\" {arguments}",
            new Dictionary<string, string> { ["HWLEDGER_ADDRESS"] = SocketAddress }
        );
        command.StandardInput.Close();
        Task<string> output = command.StandardOutput.ReadToEndAsync();
        Task<string> errors = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync();
        Assert.True(command.ExitCode == 0, await errors);
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            log.AppendLine(line.Data);
        }
    }

    private string Log()
    {
        lock (log)
        {
            return log.ToString();
        }
    }
}
