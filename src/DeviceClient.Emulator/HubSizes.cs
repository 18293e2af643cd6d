using System.Text;

namespace DeviceClient.Emulator;

/// <summary>Size limits of the hub, in bytes. Source: iot-hub-devguide-quotas-throttling.md and iot-hub-devguide-messages-construct.md.</summary>
internal static class HubSizes
{
    /// <summary>Telemetry: body, system property values, application property names and values (256 KB).</summary>
    internal const int Telemetry = 262144;

    /// <summary>Cloud-to-device message (64 KB).</summary>
    internal const int CloudToDevice = 65536;

    /// <summary>Payload of a direct method, each way (128 KB).</summary>
    internal const int MethodPayload = 131072;

    internal static int Utf8(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
