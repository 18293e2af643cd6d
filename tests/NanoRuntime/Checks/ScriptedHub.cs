using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>The other end of the wire: reads what a client writes, byte by byte, and answers as IoT Hub does.</summary>
/// <remarks>Topics and answers: docs/protocol.md. Switches make it refuse or stay silent.</remarks>
internal sealed class ScriptedHub
{
    private readonly ByteWriter _answers = new ByteWriter(64, 65536);
    private byte[] _input = new byte[256];
    private int _inputCount;
    private int _lastPacketId;
    private int _desiredVersion = 1;

    /// <summary>Code of the next CONNACKs.</summary>
    internal int ConnectCode { get; set; }

    /// <summary>False to swallow publishes of telemetry without PUBACK.</summary>
    internal bool Acknowledges { get; set; } = true;

    /// <summary>False to leave twin requests without answer.</summary>
    internal bool AnswersTwin { get; set; } = true;

    internal int Connects { get; private set; }

    internal string UserName { get; private set; } = "";

    internal string Password { get; private set; } = "";

    /// <summary>Telemetry as <c>bag=payload;</c>, with <c>dup</c> where the flag was set.</summary>
    internal string Telemetry { get; private set; } = "";

    /// <summary>Subscribed filters, each followed by a space.</summary>
    internal string Filters { get; private set; } = "";

    /// <summary>Everything else published, as <c>topic=payload;</c> without request ids.</summary>
    internal string Published { get; private set; } = "";

    /// <summary>Packet ids that the client acknowledged.</summary>
    internal string Acknowledged { get; private set; } = "";

    internal int DesiredVersion
    {
        get { return _desiredVersion; }
        set { _desiredVersion = value; }
    }

    internal string Desired { get; set; } = "\"interval\":5";

    internal int ReportedVersion { get; private set; } = 1;

    /// <summary>A new transport: what was half read is forgotten.</summary>
    internal void Reset()
    {
        _inputCount = 0;
        _answers.Clear();
        Filters = "";
    }

    /// <summary>Takes the answers that wait.</summary>
    internal byte[] TakeAnswers()
    {
        byte[] answers = _answers.ToArray();
        _answers.Clear();
        return answers;
    }

    /// <summary>Publishes to the client.</summary>
    internal void Publish(string topic, string payload, int qos)
    {
        int remaining = 2 + Utf8Text.GetByteCount(topic) + (qos == 0 ? 0 : 2) + Utf8Text.GetByteCount(payload);
        _answers.WriteByte((byte)(0x30 | (qos << 1)));
        if (remaining > 127)
        {
            _answers.WriteByte((byte)(0x80 | (remaining & 127)));
        }

        _answers.WriteByte((byte)(remaining > 127 ? remaining >> 7 : remaining));
        WriteField(topic);
        if (qos != 0)
        {
            _lastPacketId++;
            WriteId(_lastPacketId);
        }

        _answers.WriteUtf8(payload);
    }

    internal void Receive(byte[] buffer, int count)
    {
        if (_inputCount + count > _input.Length)
        {
            byte[] larger = new byte[_inputCount + count];
            System.Array.Copy(_input, 0, larger, 0, _inputCount);
            _input = larger;
        }

        System.Array.Copy(buffer, 0, _input, _inputCount, count);
        _inputCount += count;
        int packet = GetPacketLength(out int header);
        while (packet > 0)
        {
            Answer(header, packet);
            _inputCount -= packet;
            System.Array.Copy(_input, packet, _input, 0, _inputCount);
            packet = GetPacketLength(out header);
        }
    }

    private int GetPacketLength(out int header)
    {
        header = 2;
        if (_inputCount < 2)
        {
            return 0;
        }

        int remaining = _input[1] & 127;
        for (int shift = 7; (_input[header - 1] & 0x80) != 0; shift += 7)
        {
            if (header == _inputCount)
            {
                return 0;
            }

            remaining |= (_input[header] & 127) << shift;
            header++;
        }

        return _inputCount < header + remaining ? 0 : header + remaining;
    }

    private void Answer(int at, int end)
    {
        switch (_input[0] >> 4)
        {
            case 1:
                ReadConnect(at);
                break;
            case 3:
                ReadPublish(at, end);
                break;
            case 4:
                Acknowledged += ReadId(at).ToString() + " ";
                break;
            case 8:
                Filters += Text(at + 4, ReadId(at + 2)) + " ";
                WriteShort(0x90, 3, at);
                _answers.WriteByte(_input[end - 1]);
                break;
            case 10:
                WriteShort(0xb0, 2, at);
                break;
            case 12:
                _answers.WriteByte(0xd0);
                _answers.WriteByte(0);
                break;
            default:
                break;
        }
    }

    // Client id, user name, password; no will in these scripts.
    private void ReadConnect(int at)
    {
        int field = at + 10;
        field += 2 + ReadId(field);
        UserName = Text(field + 2, ReadId(field));
        field += 2 + ReadId(field);
        Password = Text(field + 2, ReadId(field));
        Connects++;
        _answers.WriteByte(0x20);
        _answers.WriteByte(2);
        WriteId(ConnectCode);
    }

    private void ReadPublish(int at, int end)
    {
        int qos = (_input[0] >> 1) & 3;
        string topic = Text(at + 2, ReadId(at));
        int body = at + 2 + ReadId(at);
        int packetId = body;
        body += qos == 0 ? 0 : 2;
        string payload = Text(body, end - body);
        int events = topic.LastIndexOf('/');
        if (topic.Contains("/messages/events/"))
        {
            Telemetry += ((_input[0] & 8) != 0 ? "dup " : "") + topic.Substring(events + 1) + "=" + payload + ";";
            if (qos != 0 && Acknowledges)
            {
                WriteShort(0x40, 2, packetId);
            }
        }
        else
        {
            int mark = topic.IndexOf('?');
            string requestId = topic.Substring(mark + "?$rid=".Length);
            Published += topic.Substring(0, mark) + "=" + payload + ";";
            AnswerTwin(topic, requestId);
        }
    }

    private void AnswerTwin(string topic, string requestId)
    {
        if (!AnswersTwin)
        {
            return;
        }

        if (topic.Contains("/twin/GET/"))
        {
            Publish("$iothub/twin/res/200/?$rid=" + requestId, "{\"desired\":{" + Desired + ",\"$version\":" + _desiredVersion.ToString()
                + "},\"reported\":{\"$version\":" + ReportedVersion.ToString() + "}}", 0);
        }
        else if (topic.Contains("/twin/PATCH/"))
        {
            ReportedVersion++;
            Publish("$iothub/twin/res/204/?$rid=" + requestId + "&$version=" + ReportedVersion.ToString(), "", 0);
        }
    }

    private void WriteShort(byte first, byte remaining, int idAt)
    {
        _answers.WriteByte(first);
        _answers.WriteByte(remaining);
        _answers.Write(_input, idAt, 2);
    }

    private void WriteField(string text)
    {
        WriteId(Utf8Text.GetByteCount(text));
        _answers.WriteUtf8(text);
    }

    private void WriteId(int value)
    {
        _answers.WriteByte((byte)(value >> 8));
        _answers.WriteByte((byte)value);
    }

    private int ReadId(int at)
    {
        return (_input[at] << 8) | _input[at + 1];
    }

    private string Text(int offset, int count)
    {
        return Utf8Text.GetString(_input, offset, count);
    }
}
