using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>A telemetry message through the whole core: size check, properties, outbox, packet, acknowledgement, result. Figures a message.</summary>
public class SessionBenchmarks
{
    private const int Window = 64;

    private readonly byte[] _acknowledgements = new byte[Window * 4];
    private OnlineSession _online = null!;
    private TelemetryMessage _message = null!;

    [Params(100, 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _online = new OnlineSession(Window);
        _message = new TelemetryMessage(new byte[PayloadBytes]);
        _message.Properties.Add("unit", "celsius");
        _message.Properties.Add("line", "7");
        _message.Properties.Add("seq", "000123");
        for (int i = 0; i < Window; i++)
        {
            _acknowledgements[i * 4] = 0x40;
            _acknowledgements[(i * 4) + 1] = 2;
            _acknowledgements[(i * 4) + 3] = (byte)(i + 1);
        }
    }

    [Benchmark(OperationsPerInvoke = Window)]
    public int SendAcknowledgeSettle()
    {
        for (int i = 0; i < Window; i++)
        {
            _online.Session.SendTelemetry(_message, long.MaxValue, 0, out _);
            _online.CarryWishes();
        }

        int bytes = _online.TakeOutput();

        // With a full window the packet ids are 1 to 64 in any order; which is acknowledged first does not matter here.
        _online.Mapping.HandleReceived(_acknowledgements, 0, _acknowledgements.Length, 0);
        while (_online.Session.TryTakeSettled(out _, out HubErrorCode error))
        {
            bytes += (int)error;
        }

        return _online.Connection.InFlight == 0 ? bytes : throw new InvalidOperationException("Messages stayed in flight.");
    }
}
