using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>The promise of the hot paths: no allocation per message.</summary>
[TestClass]
public sealed class MqttAllocationTests
{
    private const int Messages = 100_000;
    private const int Window = 64;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void PublishAndAcknowledge_HundredThousand_AllocateNothing(bool inRuns)
    {
        var run = new Run();
        run.Exchange(1_000, inRuns);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run.Exchange(Messages, inRuns);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual(1_000 + Messages, run.Acknowledged);
    }

    [TestMethod]
    [DataRow(4096)]
    [DataRow(7)]
    public void ReceiveAndAcknowledge_HundredThousand_AllocateNothing(int pieceBytes)
    {
        var run = new Run();
        run.Receive(1_000, pieceBytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run.Receive(Messages, pieceBytes);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual(1_000 + Messages, run.Received);
    }

    [TestMethod]
    public void LargePublishInPieces_AllocatesNothing()
    {
        var run = new Run();
        // Every slot of the window once: its tables grow with the ids handed out.
        run.PublishLarge(Window);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run.PublishLarge(1_000);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class Run
    {
        private readonly FixedBufferSource _buffers = new(16_384, 3);
        private readonly MqttConnection _connection;
        private readonly MqttEvent _event = new();
        private readonly MqttPublish _message = new()
        {
            Topic1 = "devices/d/messages/events/"u8.ToArray(),
            Topic1Count = 26,
            Topic2 = "a=1&b=2"u8.ToArray(),
            Topic2Count = 7,
            Payload = new byte[100],
            PayloadCount = 100,
            Qos = 1,
        };

        private readonly byte[] _large = new byte[100_000];
        private readonly byte[] _input = new byte[16_384];
        private readonly byte[] _inbound;
        private readonly int[] _sentIds = new int[Window];
        private readonly long[] _tokens = new long[Window];
        private long _now = 1;

        public Run()
        {
            _connection = new MqttConnection(new MqttConnectionOptions(_buffers) { OutputBufferBytes = 16_384, MaxInboundPacketBytes = 16_384 });
            _connection.Connect(new MqttConnectParameters("d"), _now);
            Drain();
            _connection.HandleReceived([0x20, 2, 0, 0], 0, 4, _now);
            Assert.IsTrue(_connection.TryReadEvent(_event));
            Assert.IsFalse(_connection.TryReadEvent(_event));

            // Eight publishes of 100 bytes with QoS 1.
            _inbound = Enumerable.Range(1, 8).SelectMany(id => (byte[])[0x32, 105, 0, 1, (byte)'t', 0, (byte)id, .. new byte[100]]).ToArray();
        }

        public int Acknowledged { get; private set; }

        public int Received { get; private set; }

        public void Exchange(int messages, bool inRuns)
        {
            int sent = 0;
            while (sent < messages)
            {
                int inFlight = 0;
                while (inFlight < Window && sent < messages)
                {
                    _message.Token = sent;
                    _message.PacketId = 0;
                    if (_connection.TryPublish(_message, ++_now) == MqttSendStatus.WouldBlock)
                    {
                        Drain();
                        continue;
                    }

                    _sentIds[inFlight++] = _message.PacketId;
                    sent++;
                }

                Drain();
                for (int i = 0; i < inFlight; i++)
                {
                    _input[i * 4] = 0x40;
                    _input[(i * 4) + 1] = 2;
                    _input[(i * 4) + 2] = 0;
                    _input[(i * 4) + 3] = (byte)_sentIds[i];
                }

                _connection.HandleReceived(_input, 0, inFlight * 4, ++_now);
                Acknowledged += inRuns ? _connection.ReadAcknowledged(_tokens) : 0;
                while (_connection.TryReadEvent(_event))
                {
                    Acknowledged++;
                }

                _connection.HandleTimeout(_now);
            }
        }

        public void Receive(int messages, int pieceBytes)
        {
            for (int round = 0; round < messages / 8; round++)
            {
                for (int at = 0; at < _inbound.Length; at += pieceBytes)
                {
                    _connection.HandleReceived(_inbound, at, Math.Min(pieceBytes, _inbound.Length - at), ++_now);
                    while (_connection.TryReadEvent(_event))
                    {
                        Received++;
                        _connection.TryAcknowledge(_event.PacketId);
                    }
                }

                Drain();
            }
        }

        public void PublishLarge(int messages)
        {
            _message.Payload = _large;
            _message.PayloadCount = _large.Length;
            for (int i = 0; i < messages; i++)
            {
                _message.PacketId = 0;
                _connection.TryPublish(_message, ++_now);
                Drain();
                _input[0] = 0x40;
                _input[1] = 2;
                _input[2] = 0;
                _input[3] = (byte)_message.PacketId;
                _connection.HandleReceived(_input, 0, 4, ++_now);
                while (_connection.TryReadEvent(_event))
                {
                }
            }
        }

        private void Drain()
        {
            while (_connection.TakeOutput(out _) is { } buffer)
            {
                _buffers.Return(buffer);
            }
        }
    }
}
