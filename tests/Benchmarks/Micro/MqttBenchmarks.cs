using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>The MQTT machine without a transport: one window of 64 packets an invocation, figures a packet.</summary>
public class MqttBenchmarks
{
    private const int Window = 64;

    private readonly MqttEvent _event = new();
    private readonly long[] _tokens = new long[Window];
    private readonly byte[] _acknowledgements = new byte[Window * 4];
    private readonly MqttPublish _publish = new();
    private FixedBufferSource _buffers = null!;
    private MqttConnection _machine = null!;
    private byte[] _received = [];

    [Params(100, 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _buffers = new FixedBufferSource(320 * 1024, 4);
        _machine = new MqttConnection(new MqttConnectionOptions(_buffers) { OutputBufferBytes = 128 * 1024, MaxInFlight = Window });
        _machine.Connect(new MqttConnectParameters("device-1") { CleanSession = true }, 0);
        TakeOutput();
        _machine.HandleReceived([0x20, 2, 0, 0], 0, 4, 0);
        while (_machine.TryReadEvent(_event))
        {
            // Connected.
        }

        _publish.Topic1 = Utf8Text.GetBytes("devices/device-1/messages/events/");
        _publish.Topic1Count = _publish.Topic1.Length;
        _publish.Topic2 = Utf8Text.GetBytes("unit=celsius&line=7&seq=000123");
        _publish.Topic2Count = _publish.Topic2.Length;
        _publish.Payload = new byte[PayloadBytes];
        _publish.PayloadCount = PayloadBytes;
        _received = ReceivedWindow(PayloadBytes);
    }

    [Benchmark(OperationsPerInvoke = Window)]
    public int EncodePublishQos0()
    {
        _publish.Qos = 0;
        for (int i = 0; i < Window; i++)
        {
            _machine.TryPublish(_publish, 0);
        }

        int bytes = TakeOutput();
        while (_machine.TryReadEvent(_event))
        {
            bytes++;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Window)]
    public int PublishAndAcknowledgeQos1()
    {
        _publish.Qos = 1;
        for (int i = 0; i < Window; i++)
        {
            _publish.PacketId = 0;
            _machine.TryPublish(_publish, 0);
            _acknowledgements[i * 4] = 0x40;
            _acknowledgements[(i * 4) + 1] = 2;
            _acknowledgements[(i * 4) + 2] = (byte)(_publish.PacketId >> 8);
            _acknowledgements[(i * 4) + 3] = (byte)_publish.PacketId;
        }

        int bytes = TakeOutput();
        _machine.HandleReceived(_acknowledgements, 0, _acknowledgements.Length, 0);
        int count;
        while ((count = _machine.ReadAcknowledged(_tokens)) > 0)
        {
            bytes += count;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Window)]
    public int ReceivePublishQos0()
    {
        int bytes = 0;
        _machine.HandleReceived(_received, 0, _received.Length, 0);
        while (_machine.TryReadEvent(_event))
        {
            bytes += _event.PayloadCount;
        }

        return bytes;
    }

    private static byte[] ReceivedWindow(int payloadBytes)
    {
        byte[] topic = Utf8Text.GetBytes("devices/device-1/messages/devicebound/%24.mid=1&%24.to=%2Fdevices%2Fdevice-1");
        int length = 2 + topic.Length + payloadBytes;
        var one = new List<byte> { 0x30, (byte)(0x80 | (length & 0x7F)), (byte)(length >> 7), 0, (byte)topic.Length };
        one.AddRange(topic);
        one.AddRange(new byte[payloadBytes]);
        return [.. Enumerable.Repeat(one, Window).SelectMany(packet => packet)];
    }

    private int TakeOutput()
    {
        int sum = 0;
        while (_machine.TakeOutput(out int count) is { } buffer)
        {
            sum += count;
            _buffers.Return(buffer);
        }

        return sum;
    }
}
