using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>One connection of the scripted hub.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA2213", Justification = "See DisposeAsync.")]
internal sealed class HubPeer : IAsyncDisposable
{
    private readonly ScriptedHub _hub;
    private readonly Socket _socket;
    private readonly MemoryStream _output = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _input = new byte[256 * 1024];
    private int _start;
    private int _end;

    internal HubPeer(ScriptedHub hub, Socket socket)
    {
        _hub = hub;
        _socket = socket;
        Stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
    }

    internal SslStream Stream { get; }

    internal void Drop() => _socket.Close(0);

    /// <summary>Puts bytes into the output; they go out when the input is drained, or by <see cref="SendAsync"/>.</summary>
    internal void Add(byte[] packet)
    {
        lock (_output)
        {
            _output.Write(packet);
        }
    }

    internal async Task SendAsync(byte[]? packet = null)
    {
        if (packet is not null)
        {
            Add(packet);
        }

        await _writing.WaitAsync();
        try
        {
            byte[] bytes;
            lock (_output)
            {
                bytes = _output.ToArray();
                _output.SetLength(0);
            }

            if (bytes.Length > 0)
            {
                await Stream.WriteAsync(bytes);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    internal Task InvokeAsync(string method, string payload, string requestId) =>
        SendAsync(MqttPacket.CreatePublish($"$iothub/methods/POST/{method}/?$rid={requestId}", Encoding.UTF8.GetBytes(payload)));

    internal Task PushDesiredAsync(string patch, int version) =>
        SendAsync(MqttPacket.CreatePublish($"$iothub/twin/PATCH/properties/desired/?$version={version}", Encoding.UTF8.GetBytes(patch)));

    internal Task DeliverAsync(string bag, string payload, int packetId) =>
        SendAsync(MqttPacket.CreatePublish($"devices/dev1/messages/devicebound/{bag}", Encoding.UTF8.GetBytes(payload), 1, packetId));

    internal async Task ServeAsync()
    {
        while (await ReadAsync() is { } packet)
        {
            if (!_hub.Intercept(this, packet) && !Handle(packet))
            {
                return;
            }

            if (!HasWholePacket())
            {
                await SendAsync();
            }
        }
    }

    // The semaphore stays: a test may still be inside SendAsync when the client hangs up, and it owns no handle.
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private bool Handle(MqttPacket packet)
    {
        switch (packet.Type)
        {
            case MqttPacket.Connect:
                _hub.Connects.Writer.TryWrite(packet);
                int code = _hub.OnConnect(packet);
                if (code >= 0)
                {
                    Add(MqttPacket.Create(2, 0, 0, (byte)code));
                }

                break;
            case MqttPacket.Subscribe:
                string filter = packet.ReadFilter();
                Add(MqttPacket.Create(9, 0, packet.Body[0], packet.Body[1], packet.Body[^1]));
                _hub.Subscribed.Writer.TryWrite(filter);
                break;
            case MqttPacket.Unsubscribe:
                Add(MqttPacket.Create(11, 0, packet.Body[0], packet.Body[1]));
                _hub.Subscribed.Writer.TryWrite("-" + packet.ReadFilter());
                break;
            case MqttPacket.Publish:
                HandlePublish(packet);
                break;
            case MqttPacket.PubAck:
                _hub.Acknowledged.Writer.TryWrite(packet);
                break;
            case MqttPacket.PingRequest:
                Add(MqttPacket.Create(13, 0));
                break;
            case MqttPacket.Disconnect:
                _hub.Disconnects.Writer.TryWrite(packet);
                return false;
            default:
                break;
        }

        return true;
    }

    private void HandlePublish(MqttPacket packet)
    {
        if (packet.Qos == 1)
        {
            Add(MqttPacket.Create(4, 0, (byte)(packet.PacketId >> 8), (byte)packet.PacketId));
        }

        string topic = packet.Topic;
        string requestId = topic[(topic.IndexOf("$rid=", StringComparison.Ordinal) + 5)..];
        if (topic.StartsWith("$iothub/twin/GET/", StringComparison.Ordinal))
        {
            Add(MqttPacket.CreatePublish($"$iothub/twin/res/200/?$rid={requestId}", Encoding.UTF8.GetBytes($"{{\"desired\":{_hub.Desired},\"reported\":{{\"$version\":{_hub.ReportedVersion}}}}}")));
        }
        else if (topic.StartsWith("$iothub/twin/PATCH/properties/reported/", StringComparison.Ordinal))
        {
            _hub.Reports.Writer.TryWrite(packet);
            Add(MqttPacket.CreatePublish($"$iothub/twin/res/204/?$rid={requestId}&$version={++_hub.ReportedVersion}", []));
        }
        else if (topic.StartsWith("$iothub/methods/res/", StringComparison.Ordinal))
        {
            _hub.MethodAnswers.Writer.TryWrite(packet);
        }
        else
        {
            _hub.Telemetry.Writer.TryWrite(packet);
        }
    }

    private bool HasWholePacket() => TryParse(consume: false) is not null;

    private async Task<MqttPacket?> ReadAsync()
    {
        while (true)
        {
            if (TryParse(consume: true) is { } packet)
            {
                return packet;
            }

            if (_start > 0)
            {
                _input.AsSpan(_start, _end - _start).CopyTo(_input);
                _end -= _start;
                _start = 0;
            }

            int count = await Stream.ReadAsync(_input.AsMemory(_end));
            if (count == 0)
            {
                return null;
            }

            _end += count;
        }
    }

    private MqttPacket? TryParse(bool consume)
    {
        int length = 0;
        for (int i = 0; i < 4; i++)
        {
            int at = _start + 1 + i;
            if (at >= _end)
            {
                return null;
            }

            length |= (_input[at] & 0x7F) << (7 * i);
            if ((_input[at] & 0x80) == 0)
            {
                if (_end - at - 1 < length)
                {
                    return null;
                }

                MqttPacket packet = new(_input[_start] >> 4, _input[_start] & 15, _input[(at + 1)..(at + 1 + length)]);
                if (consume)
                {
                    _start = at + 1 + length;
                }

                return packet;
            }
        }

        throw new InvalidOperationException("The client sent a length of more than four bytes.");
    }
}
