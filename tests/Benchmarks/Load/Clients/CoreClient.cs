using System.Net.Sockets;
using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>
/// The MQTT machine of the core under the smallest possible driver: one blocking thread that publishes, writes, reads. Against
/// <see cref="RawClient"/> it shows what the core itself costs; against the product client, what its driver and its promises cost.
/// </summary>
internal sealed class CoreClient : LoadClient
{
    private readonly MqttPublish _publish = new() { Qos = 1 };
    private readonly MqttEvent _event = new();
    private readonly long[] _tokens = new long[16];
    private readonly RentedBuffers _buffers = new();
    private MqttConnection? _machine;
    private Stream _stream = Stream.Null;
    private byte[] _received = new byte[64];
    private Thread? _thread;
    private volatile bool _stopping;
    private long _completed;
    private Exception? _failure;

    public override long Completed => Volatile.Read(ref _completed);

    private MqttConnection Machine => _machine ?? throw new InvalidOperationException("Not connected.");

    public override Task ConnectAsync(LoadEndpoint endpoint, string clientId, int window, bool methods)
    {
        var options = new MqttConnectionOptions(_buffers) { MaxInFlight = window };
        _machine = new MqttConnection(options);
        _stream = endpoint.Connect();
        _publish.Topic1 = Encoding.UTF8.GetBytes(TelemetryShape.TopicPrefix(clientId));
        _publish.Topic1Count = _publish.Topic1.Length;
        _publish.Topic2 = new byte[6];
        _publish.Topic2Count = 6;
        Machine.Connect(new MqttConnectParameters(clientId) { CleanSession = true }, Now());
        WaitFor(MqttEventKind.Connected);
        if (methods)
        {
            Machine.TrySubscribe(Encoding.UTF8.GetBytes("$iothub/methods/POST/#"), 0, Now(), out _);
            WaitFor(MqttEventKind.SubscribeAcknowledged);
        }

        return Task.CompletedTask;
    }

    public override Task SendOneAsync()
    {
        PublishTelemetry(TelemetryShape.Payload(100), 0);
        WaitFor(MqttEventKind.PublishAcknowledged);
        return Task.CompletedTask;
    }

    public override void StartTelemetry(int window, int payloadBytes) => Start(() => SendLoop(TelemetryShape.Payload(payloadBytes)));

    public override Task StartMethodsAsync()
    {
        Start(AnswerLoop);
        return Task.CompletedTask;
    }

    public override Task StopAsync()
    {
        _stopping = true;
        if (_thread is { } thread && !thread.Join(TimeSpan.FromSeconds(20)))
        {
            throw new TimeoutException("The core client's thread did not end within 20 s.");
        }

        return _failure is null ? Task.CompletedTask : Task.FromException(_failure);
    }

    public override async ValueTask DisposeAsync()
    {
        _machine?.HandleClosed();
        await _stream.DisposeAsync();
    }

    private static long Now() => Environment.TickCount64;

    private void Start(Action loop)
    {
        _stopping = false;
        _received = new byte[64 * 1024];
        _completed = 0;
        _thread = new Thread(() =>
        {
            try
            {
                loop();
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                _failure = exception;
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    private void SendLoop(byte[] payload)
    {
        int sequence = 0;
        while (true)
        {
            MqttSendStatus status = MqttSendStatus.WindowFull;
            while (!_stopping && (status = PublishTelemetry(payload, sequence)) == MqttSendStatus.Accepted)
            {
                sequence = (sequence + 1) & (TelemetryShape.Sequences - 1);
            }

            WriteOutput();
            if (status == MqttSendStatus.WouldBlock)
            {
                continue;
            }

            if (_stopping && Machine.InFlight == 0)
            {
                return;
            }

            Read();
            int count;
            while ((count = Machine.ReadAcknowledged(_tokens)) > 0)
            {
                Volatile.Write(ref _completed, _completed + count);
            }

            while (Machine.TryReadEvent(_event))
            {
                throw new IOException($"The machine reported {_event.Kind}, {_event.Failure}.");
            }
        }
    }

    private void AnswerLoop()
    {
        PublishTelemetry(TelemetryShape.Payload(100), 0);
        byte[] prefix = Encoding.UTF8.GetBytes("$iothub/methods/res/200/?");
        var answer = new MqttPublish { Topic1 = prefix, Topic1Count = prefix.Length, Payload = MethodAnswer.Body, PayloadCount = MethodAnswer.Body.Length };
        while (!_stopping)
        {
            WriteOutput();
            Read();
            while (Machine.TryReadEvent(_event))
            {
                if (_event.Kind == MqttEventKind.PublishReceived)
                {
                    int at = _event.Buffer.AsSpan(_event.TopicOffset, _event.TopicCount).IndexOf("$rid="u8);
                    answer.Topic2 = _event.Buffer;
                    answer.Topic2Offset = _event.TopicOffset + at;
                    answer.Topic2Count = _event.TopicCount - at;
                    while (Machine.TryPublish(answer, Now()) == MqttSendStatus.WouldBlock)
                    {
                        WriteOutput();
                    }

                    Volatile.Write(ref _completed, _completed + 1);
                }
            }
        }
    }

    private MqttSendStatus PublishTelemetry(byte[] payload, int sequence)
    {
        string text = TelemetryShape.Sequence[sequence];
        byte[] digits = _publish.Topic2!;
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = (byte)text[i];
        }

        _publish.Payload = payload;
        _publish.PayloadCount = payload.Length;
        _publish.PacketId = 0;
        return Machine.TryPublish(_publish, Now());
    }

    private void WriteOutput()
    {
        while (Machine.TakeOutput(out int count) is { } buffer)
        {
            _stream.Write(buffer, 0, count);
            _buffers.Return(buffer);
        }
    }

    private void Read()
    {
        int read = _stream.Read(_received, 0, _received.Length);
        if (read == 0)
        {
            throw new IOException("The peer closed the connection.");
        }

        Machine.HandleReceived(_received, 0, read, Now());
    }

    private void WaitFor(MqttEventKind kind)
    {
        WriteOutput();
        while (true)
        {
            while (Machine.TryReadEvent(_event))
            {
                if (_event.Kind == kind)
                {
                    return;
                }

                throw new IOException($"The machine reported {_event.Kind}, {_event.Failure}, instead of {kind}.");
            }

            Read();
        }
    }
}
