namespace DeviceClient.Protocol;

/// <summary>Checks the text of a received topic (MQTT 3.1.1, section 1.5.3).</summary>
internal static class MqttTopicText
{
    /// <summary>True when the bytes are well-formed UTF-8 without U+0000.</summary>
    internal static bool IsValid(byte[] buffer, int offset, int count)
    {
        int end = offset + count;
        int position = offset;
        while (position < end)
        {
            byte lead = buffer[position];
            int length = lead == 0 ? 0 : lead < 0x80 ? 1 : Utf8Text.GetSequenceLength(buffer, position, end);
            if (length == 0)
            {
                return false;
            }

            position += length;
        }

        return true;
    }
}
