using System.Buffers.Binary;
using System.Net.Sockets;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>
/// The floor: one blocking thread, packets encoded beforehand, of which only the packet id is patched, up to 64 KB per write.
/// It understands nothing that it receives but counts acknowledgements; no client can cost less on this runtime.
/// </summary>
internal sealed class RawClient : LoadClient
{
    private const int WriteBytes = 64 * 1024;

    // Small until a load starts: an idle device of the floor client shall hold no more than it needs.
    private byte[] _received = new byte[64];
    private Stream _stream = Stream.Null;
    private string _clientId = string.Empty;
    private Thread? _thread;
    private volatile bool _stopping;
    private long _completed;
    private Exception? _failure;

    public override long Completed => Volatile.Read(ref _completed);

    public override Task ConnectAsync(LoadEndpoint endpoint, string clientId, int window, bool methods)
    {
        _clientId = clientId;
        _stream = endpoint.Connect();
        _stream.Write(RawPackets.Connect(clientId));
        _stream.ReadExactly(_received, 0, 4);
        if (methods)
        {
            _stream.Write(RawPackets.Subscribe("$iothub/methods/POST/#"));
            _stream.ReadExactly(_received, 0, 5);
        }

        return Task.CompletedTask;
    }

    public override Task SendOneAsync()
    {
        _stream.Write(RawPackets.Publish(_clientId, 0, 100, out _));
        _stream.ReadExactly(_received, 0, 4);
        return Task.CompletedTask;
    }

    public override void StartTelemetry(int window, int payloadBytes) => Start(() => SendLoop(window, payloadBytes));

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
            throw new TimeoutException("The raw client's thread did not end within 20 s.");
        }

        return _failure is null ? Task.CompletedTask : Task.FromException(_failure);
    }

    public override async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private void Start(Action loop)
    {
        _stopping = false;
        _received = new byte[WriteBytes];
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

    private void SendLoop(int window, int payloadBytes)
    {
        byte[] packet = RawPackets.Publish(_clientId, 0, payloadBytes, out int idOffset);
        int perWrite = Math.Clamp(WriteBytes / packet.Length, 1, window);
        byte[] block = new byte[perWrite * packet.Length];
        for (int i = 0; i < perWrite; i++)
        {
            byte[] one = RawPackets.Publish(_clientId, i % TelemetryShape.Sequences, payloadBytes, out _);
            one.CopyTo(block, i * packet.Length);
        }

        ushort id = 0;
        int credits = window;
        int partial = 0;
        while (!_stopping || credits < window)
        {
            while (credits > 0 && !_stopping)
            {
                int count = Math.Min(credits, perWrite);
                for (int i = 0; i < count; i++)
                {
                    id = id == ushort.MaxValue ? (ushort)1 : (ushort)(id + 1);
                    BinaryPrimitives.WriteUInt16BigEndian(block.AsSpan((i * packet.Length) + idOffset), id);
                }

                _stream.Write(block, 0, count * packet.Length);
                credits -= count;
            }

            if (credits == window)
            {
                return;
            }

            int read = _stream.Read(_received, 0, _received.Length);
            if (read == 0)
            {
                throw new IOException("The peer closed the connection.");
            }

            // A PUBACK is four bytes, and nothing else arrives here.
            partial += read;
            credits += partial / 4;
            Volatile.Write(ref _completed, _completed + (partial / 4));
            partial %= 4;
        }
    }

    private void AnswerLoop()
    {
        _stream.Write(RawPackets.Publish(_clientId, 0, 100, out _));
        byte[] answers = new byte[WriteBytes];
        int filled = 0;
        while (!_stopping)
        {
            int read = _stream.Read(_received, filled, _received.Length - filled);
            if (read == 0)
            {
                throw new IOException("The peer closed the connection.");
            }

            filled += read;
            int position = 0;
            int output = 0;
            int count = 0;
            while (position + 2 <= filled && position + 2 + _received[position + 1] <= filled)
            {
                int length = 2 + _received[position + 1];
                if (_received[position] == 0x30)
                {
                    ReadOnlySpan<byte> topic = _received.AsSpan(position + 4, _received[position + 3]);
                    output += RawPackets.WriteAnswer(topic[topic.IndexOf("$rid="u8)..], answers.AsSpan(output));
                    count++;
                }

                position += length;
            }

            _stream.Write(answers, 0, output);
            Volatile.Write(ref _completed, _completed + count);
            filled -= position;
            Buffer.BlockCopy(_received, position, _received, 0, filled);
        }
    }
}
