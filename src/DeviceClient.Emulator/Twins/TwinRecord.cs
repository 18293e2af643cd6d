using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Stored twin of one identity. Guarded by the identity's gate.</summary>
internal sealed class TwinRecord
{
    internal TwinRecord(DateTimeOffset now)
    {
        Desired = new TwinSection(now);
        Reported = new TwinSection(now);
    }

    internal JsonObject Tags { get; set; } = [];

    internal TwinSection Desired { get; set; }

    internal TwinSection Reported { get; set; }

    /// <summary>Version of the whole twin: +1 with each write to tags, desired or reported.</summary>
    internal long Version { get; set; } = 1;

    /// <summary>Plug and Play model the device announced at its last connect, or empty.</summary>
    internal string ModelId { get; set; } = "";

    /// <summary>Etag of the twin: base64 of the version as 8 bytes, big-endian (as the service: <c>AAAAAAAAAAE=</c>).</summary>
    internal string ETag
    {
        get
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, Version);
            return Convert.ToBase64String(bytes);
        }
    }

    internal HubTwin ToTwin(HubRegistryIdentity identity) => new()
    {
        DeviceId = identity.DeviceId,
        ModuleId = identity.ModuleId,
        ETag = ETag,
        Version = Version,
        ModelId = ModelId,
        Tags = (JsonObject)Tags.DeepClone(),
        Desired = Desired.ToProperties(),
        Reported = Reported.ToProperties(),
    };
}
