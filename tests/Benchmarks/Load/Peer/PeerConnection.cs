using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace DeviceClient.Benchmarks.Load.Peer;

/// <summary>
/// One connection of the peer: parses MQTT 3.1.1 as little as it can, acknowledges, answers twin reads, and, for a client id
/// <c>methods-W-...</c>, keeps W direct methods in flight from the client's first telemetry message on.
/// </summary>
internal sealed class PeerConnection
{
    private const int FirstBufferBytes = 8 * 1024;
    private const int LargestBufferBytes = 1024 * 1024;

    // More than this is acknowledged before reading on, however much still waits: a window of 1,000 shall not become lock-step.
    private const int AcknowledgeAtBytes = 2048;

    // Direct methods in flight are far fewer; a power of two minus one.
    private const int RequestMask = 255;

    private readonly Stream _stream;
    private readonly Socket _socket;
    private readonly bool _each;
    private readonly RoundTripRecorder _roundTrips;
    private readonly ArrayBufferWriter<byte> _output = new(256);
    private readonly long[] _invokedAt = new long[RequestMask + 1];
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _methodWindow;
    private int _nextRequest;
    private bool _invoking;

    public PeerConnection(Stream stream, Socket socket, bool acknowledgeEach, RoundTripRecorder roundTrips)
    {
        _stream = stream;
        _socket = socket;
        _each = acknowledgeEach;
        _roundTrips = roundTrips;
    }

    public void Run()
    {
        int filled = 0;
        while (true)
        {
            int read = _stream.Read(_buffer, filled, _buffer.Length - filled);
            if (read == 0)
            {
                return;
            }

            filled += read;
            int consumed = HandleAll(filled);
            if (consumed < 0)
            {
                Flush();
                return;
            }

            // Everything that has arrived is read before the one write of its acknowledgements.
            if (_output.WrittenCount >= AcknowledgeAtBytes || _socket.Available == 0)
            {
                Flush();
            }

            filled -= consumed;
            if (filled > 0)
            {
                Buffer.BlockCopy(_buffer, consumed, _buffer, 0, filled);
            }

            // Grow to the client's write size: a buffer that was filled to the end was probably too small.
            if (consumed + filled == _buffer.Length && _buffer.Length < LargestBufferBytes)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }
    }

    private int HandleAll(int filled)
    {
        int position = 0;
        while (true)
        {
            int cursor = position + 1;
            int length = 0;
            int shift = 0;
            while (true)
            {
                if (cursor >= filled)
                {
                    return position;
                }

                byte digit = _buffer[cursor++];
                length |= (digit & 0x7F) << shift;
                shift += 7;
                if ((digit & 0x80) == 0)
                {
                    break;
                }
            }

            if (cursor + length > filled)
            {
                return position;
            }

            if (!Handle(_buffer[position], _buffer.AsSpan(cursor, length)))
            {
                return -1;
            }

            position = cursor + length;
        }
    }

    private bool Handle(byte header, ReadOnlySpan<byte> body)
    {
        switch (header >> 4)
        {
            case 3:
                HandlePublish(header, body);
                return true;
            case 1:
                // Protocol name (6), level, flags, keep-alive (2), then the client id.
                HandleClientId(Encoding.UTF8.GetString(body.Slice(12, BinaryPrimitives.ReadUInt16BigEndian(body[10..]))));
                Send([0x20, 2, 0, 0]);
                return true;
            case 8:
                HandleSubscribe(body);
                return true;
            case 10:
                Send([0xB0, 2, body[0], body[1]]);
                return true;
            case 12:
                Send([0xD0, 0]);
                return true;
            case 4:
                return true;
            default:
                return false;
        }
    }

    private void HandleClientId(string clientId)
    {
        string[] parts = clientId.Split('-');
        if (parts.Length > 2 && parts[0] == "methods")
        {
            _methodWindow = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private void HandleSubscribe(ReadOnlySpan<byte> body)
    {
        Span<byte> answer = stackalloc byte[64];
        int count = 0;
        for (int at = 2; at < body.Length && count < 32; count++)
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            answer[4 + count] = Math.Min(body[at++], (byte)1);
        }

        answer[0] = 0x90;
        answer[1] = (byte)(2 + count);
        answer[2] = body[0];
        answer[3] = body[1];
        Send(answer[..(4 + count)]);
    }

    private void HandlePublish(byte header, ReadOnlySpan<byte> body)
    {
        int topicLength = BinaryPrimitives.ReadUInt16BigEndian(body);
        ReadOnlySpan<byte> topic = body.Slice(2, topicLength);
        if ((header & 0x06) != 0)
        {
            Send([0x40, 2, body[2 + topicLength], body[3 + topicLength]]);
        }

        if (topic[0] == (byte)'$')
        {
            HandleHubTopic(topic);
        }
        else if (_methodWindow > 0 && !_invoking)
        {
            _invoking = true;
            for (int i = 0; i < _methodWindow; i++)
            {
                Invoke();
            }
        }
    }

    private void HandleHubTopic(ReadOnlySpan<byte> topic)
    {
        int at = topic.IndexOf("$rid="u8);
        if (at < 0)
        {
            return;
        }

        ReadOnlySpan<byte> requestId = topic[(at + 5)..];
        if (topic.StartsWith("$iothub/methods/res/"u8))
        {
            if (Utf8Parser.TryParse(requestId, out int number, out _))
            {
                _roundTrips.Add(Stopwatch.GetTimestamp() - _invokedAt[number & RequestMask]);
                Invoke();
            }
        }
        else if (topic.StartsWith("$iothub/twin/GET/"u8))
        {
            Publish("$iothub/twin/res/200/?$rid="u8, requestId, "{\"desired\":{\"$version\":1},\"reported\":{\"$version\":1}}"u8);
        }
        else if (topic.StartsWith("$iothub/twin/PATCH/"u8))
        {
            Publish("$iothub/twin/res/204/?$version=2&$rid="u8, requestId, []);
        }
    }

    private void Invoke()
    {
        int number = ++_nextRequest;
        Span<byte> digits = stackalloc byte[12];
        Utf8Formatter.TryFormat(number, digits, out int count);
        _invokedAt[number & RequestMask] = Stopwatch.GetTimestamp();
        Publish("$iothub/methods/POST/measure/?$rid="u8, digits[..count], "{\"interval\":5}"u8);
    }

    private void Publish(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> requestId, ReadOnlySpan<byte> payload)
    {
        Span<byte> packet = stackalloc byte[256];
        int topicLength = topic.Length + requestId.Length;
        int length = 2 + topicLength + payload.Length;
        int at = 0;
        packet[at++] = 0x30;
        if (length > 127)
        {
            packet[at++] = (byte)(0x80 | (length & 0x7F));
            packet[at++] = (byte)(length >> 7);
        }
        else
        {
            packet[at++] = (byte)length;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[at..], (ushort)topicLength);
        at += 2;
        topic.CopyTo(packet[at..]);
        requestId.CopyTo(packet[(at + topic.Length)..]);
        payload.CopyTo(packet[(at + topicLength)..]);
        Send(packet[..(at + topicLength + payload.Length)]);
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        if (_each)
        {
            _stream.Write(packet);
        }
        else
        {
            _output.Write(packet);
        }
    }

    private void Flush()
    {
        if (_output.WrittenCount > 0)
        {
            _stream.Write(_output.WrittenSpan);
            _output.ResetWrittenCount();
        }
    }
}
