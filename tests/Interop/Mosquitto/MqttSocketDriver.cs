using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DeviceClient.Protocol;

namespace DeviceClient.Interop.Tests.Mosquitto;

/// <summary>The smallest driver of an <see cref="MqttConnection"/>: a TCP socket, a clock, and the test itself as the loop.</summary>
internal sealed class MqttSocketDriver : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly byte[] _input = new byte[4096];
    private readonly Queue<DriverEvent> _events = new();
    private readonly MqttEvent _event = new();
    private Socket? _socket;
    private Task<int>? _receive;

    public MqttSocketDriver(Action<MqttConnectionOptions>? configure = null)
    {
        var options = new MqttConnectionOptions(new PooledBuffers());
        configure?.Invoke(options);
        Buffers = options.Buffers;
        Connection = new MqttConnection(options);
    }

    public MqttConnection Connection { get; }

    public BufferSource Buffers { get; }

    public long Now => _clock.ElapsedMilliseconds;

    /// <summary>Every packet's first byte in the order written, as far as packets begin a write.</summary>
    public List<byte[]> Written { get; } = [];

    /// <summary>PINGREQ packets written that stood alone in a write.</summary>
    public int Pings { get; private set; }

    /// <summary>PINGRESP packets received that stood alone in a read.</summary>
    public int PingAnswers { get; private set; }

    public async Task OpenAsync(int port, MqttConnectParameters parameters, CancellationToken cancellationToken)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        Assert.AreEqual(MqttSendStatus.Accepted, Connection.Connect(parameters, Now));
        await WaitForAsync(MqttEventKind.Connected, cancellationToken);
    }

    public async Task SubscribeAsync(string filter, int qos, CancellationToken cancellationToken)
    {
        Assert.AreEqual(MqttSendStatus.Accepted, Connection.TrySubscribe(System.Text.Encoding.UTF8.GetBytes(filter), qos, Now, out int packetId));
        DriverEvent answer = await WaitForAsync(MqttEventKind.SubscribeAcknowledged, cancellationToken);
        Assert.AreEqual(packetId, answer.PacketId);
        Assert.AreEqual(qos, answer.GrantedQos);
    }

    public int Publish(string topic, byte[] payload, int qos, long token = 0, bool retain = false, int packetId = 0)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(topic);
        var message = new MqttPublish
        {
            Topic1 = name,
            Topic1Count = name.Length,
            Payload = payload,
            PayloadCount = payload.Length,
            Qos = qos,
            Token = token,
            Retain = retain,
            PacketId = packetId,
        };
        Assert.AreEqual(MqttSendStatus.Accepted, Connection.TryPublish(message, Now));
        return message.PacketId;
    }

    /// <summary>Runs the loop until an event of this kind comes; acknowledges received QoS 1 publishes as it goes.</summary>
    public async Task<DriverEvent> WaitForAsync(MqttEventKind kind, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_events.TryDequeue(out DriverEvent? next))
            {
                if (next.Kind == kind)
                {
                    return next;
                }

                Assert.AreNotEqual(MqttEventKind.Failed, next.Kind, $"The connection failed: {next.Failure}.");
            }

            Assert.IsTrue(await StepAsync(cancellationToken), $"The broker closed the connection; {kind} was awaited.");
        }
    }

    /// <summary>Runs the loop until a condition holds.</summary>
    public async Task RunUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            Assert.IsTrue(await StepAsync(cancellationToken), "The broker closed the connection.");
        }
    }

    /// <summary>Runs the loop until the broker closes the connection.</summary>
    public async Task RunUntilClosedAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(cancellationToken))
        {
        }

        Connection.HandleClosed();
        _socket!.Dispose();
        _receive = null;
    }

    /// <summary>Writes all output without waiting for anything.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Connection.TakeOutput(out int count) is { } buffer)
        {
            Written.Add(buffer[..Math.Min(count, 8)]);
            Pings += count == 2 && buffer[0] == 0xC0 ? 1 : 0;
            await _socket!.SendAsync(buffer.AsMemory(0, count), cancellationToken);
            Buffers.Return(buffer);
            ReadEvents();
        }
    }

    /// <summary>Cuts the connection without DISCONNECT.</summary>
    public void Abort()
    {
        _socket!.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
        _receive = null;
        Connection.HandleClosed();
    }

    public void Dispose() => _socket?.Dispose();

    // One turn of the loop: write, then wait for bytes or the machine's deadline. False: the transport ended.
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
            _receive ??= _socket!.ReceiveAsync(_input, SocketFlags.None);
            long wait = Math.Clamp(Connection.NextDeadline - Now, 0, int.MaxValue);
            await Task.WhenAny(_receive, Task.Delay((int)wait, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!_receive.IsCompleted)
            {
                Connection.HandleTimeout(Now);
                ReadEvents();
                return true;
            }

            int count = await _receive;
            _receive = null;
            if (count == 0)
            {
                return false;
            }

            PingAnswers += count == 2 && _input[0] == 0xD0 ? 1 : 0;
            Connection.HandleReceived(_input, 0, count, Now);
            ReadEvents();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void ReadEvents()
    {
        while (Connection.TryReadEvent(_event))
        {
            MqttEvent e = _event;
            _events.Enqueue(new DriverEvent
            {
                Kind = e.Kind,
                Failure = e.Failure,
                PacketId = e.PacketId,
                Token = e.Token,
                Qos = e.Qos,
                GrantedQos = e.GrantedQos,
                SessionPresent = e.SessionPresent,
                Duplicate = e.Duplicate,
                Retain = e.Retain,
                Topic = e.Kind == MqttEventKind.PublishReceived ? System.Text.Encoding.UTF8.GetString(e.Buffer, e.TopicOffset, e.TopicCount) : "",
                Payload = e.Kind == MqttEventKind.PublishReceived ? e.Buffer.AsSpan(e.PayloadOffset, e.PayloadCount).ToArray() : [],
            });
            if (e.Kind == MqttEventKind.PublishReceived && e.Qos == 1)
            {
                Assert.AreEqual(MqttSendStatus.Accepted, Connection.TryAcknowledge(e.PacketId));
            }
        }
    }

    private sealed class PooledBuffers : BufferSource
    {
        public override byte[] Rent(int minimumBytes) => ArrayPool<byte>.Shared.Rent(minimumBytes);

        public override void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer);
    }
}
