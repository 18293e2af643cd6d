using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Devices, modules, twins, enrollments and groups that a hub starts with, read from JSON.</summary>
/// <remarks>The schema is in docs/emulator.md, "Seed". A member that is not known is an error, so that a misspelt one is not
/// ignored in silence. Immutable.</remarks>
public sealed class HubSeed
{
    private HubSeed(string source) => Source = source;

    /// <summary>Where the text came from; error messages start with it.</summary>
    public string Source { get; }

    internal IReadOnlyList<SeedIdentity> Devices { get; private init; } = [];

    internal IReadOnlyList<(string Path, HubEnrollment Entry)> Enrollments { get; private init; } = [];

    /// <summary>Reads a seed file.</summary>
    /// <param name="path">A JSON file in UTF-8.</param>
    /// <exception cref="InvalidDataException">The file is not a seed; the message names the file, and the line or the path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HubSeed Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllBytes(path), $"seed file {path}");
        }
        catch (JsonInputException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <summary>Reads a seed from a text.</summary>
    /// <param name="json">The JSON text.</param>
    /// <exception cref="InvalidDataException">The text is not a seed; the message names the line or the path.</exception>
    public static HubSeed Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Parse(Encoding.UTF8.GetBytes(json), "seed");
        }
        catch (JsonInputException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    internal static HubSeed Parse(byte[] utf8, string source)
    {
        try
        {
            ReadOnlySpan<byte> text = utf8;
            if (text.StartsWith(Encoding.UTF8.Preamble))
            {
                text = text[Encoding.UTF8.Preamble.Length..];
            }

            JsonObject root = JsonInput.AsObject(JsonInput.Parse(text), "$");
            JsonInput.AllowOnly(root, "$schema", "devices", "enrollments", "enrollmentGroups");
            return new HubSeed(source)
            {
                Devices = [.. Entries(root, "devices").Select(ReadDevice)],
                Enrollments =
                [
                    .. Entries(root, "enrollments").Select(entry => (entry.GetPath(), ReadEnrollment(entry, isGroup: false))),
                    .. Entries(root, "enrollmentGroups").Select(entry => (entry.GetPath(), ReadEnrollment(entry, isGroup: true))),
                ],
            };
        }
        catch (JsonInputException error)
        {
            throw new JsonInputException($"{source}: {error.Message}");
        }
    }

    private static IEnumerable<JsonObject> Entries(JsonObject parent, string name) =>
        (JsonInput.Array(parent, name) ?? []).Select((entry, index) => JsonInput.AsObject(entry, $"{parent.GetPath()}.{name}[{index}]"));

    private static SeedIdentity ReadDevice(JsonObject entry)
    {
        JsonInput.AllowOnly(
            entry, "deviceId", "primaryKey", "secondaryKey", "primaryThumbprint", "secondaryThumbprint", "status", "statusReason",
            "iotEdge", "tags", "desired", "modules");
        var settings = new HubDeviceSettings
        {
            Enabled = JsonInput.Choice(entry, "status", "enabled", "disabled") != 1,
            StatusReason = JsonInput.Text(entry, "statusReason"),
            Authentication = ReadAuthentication(entry),
            IotEdge = JsonInput.Flag(entry, "iotEdge") == true,
        };
        return Read(entry, "deviceId", settings) with { Modules = [.. Entries(entry, "modules").Select(ReadModule)] };
    }

    private static SeedIdentity ReadModule(JsonObject entry)
    {
        JsonInput.AllowOnly(
            entry, "moduleId", "primaryKey", "secondaryKey", "primaryThumbprint", "secondaryThumbprint", "managedBy", "tags", "desired");
        return Read(entry, "moduleId", new HubDeviceSettings { Authentication = ReadAuthentication(entry) }) with
        {
            ManagedBy = JsonInput.Text(entry, "managedBy"),
        };
    }

    private static SeedIdentity Read(JsonObject entry, string idName, HubDeviceSettings settings) => new(
        entry.GetPath(),
        JsonInput.RequiredText(entry, idName),
        settings,
        JsonInput.Object(entry, "tags"),
        JsonInput.Object(entry, "desired"));

    private static HubAuthentication? ReadAuthentication(JsonObject entry)
    {
        string? primaryThumbprint = JsonInput.Text(entry, "primaryThumbprint");
        string? secondaryThumbprint = JsonInput.Text(entry, "secondaryThumbprint");
        string? primaryKey = JsonInput.Text(entry, "primaryKey");
        string? secondaryKey = JsonInput.Text(entry, "secondaryKey");
        bool hasThumbprint = primaryThumbprint is not null || secondaryThumbprint is not null;
        bool hasKey = primaryKey is not null || secondaryKey is not null;
        return hasThumbprint && hasKey
            ? throw new JsonInputException($"{entry.GetPath()}: give keys or thumbprints, not both")
            : hasThumbprint
            ? new HubAuthentication
            {
                Type = HubAuthenticationType.SelfSigned,
                PrimaryThumbprint = primaryThumbprint,
                SecondaryThumbprint = secondaryThumbprint,
            }
            : hasKey ? new HubAuthentication { PrimaryKey = primaryKey, SecondaryKey = secondaryKey } : null;
    }

    private static HubEnrollment ReadEnrollment(JsonObject entry, bool isGroup)
    {
        string idName = isGroup ? "enrollmentGroupId" : "registrationId";
        string[] common =
            [idName, "primaryKey", "secondaryKey", "status", "iotEdge", "allocation", "reprovision", "iotHubHostName", "tags", "desired"];
        JsonInput.AllowOnly(entry, isGroup ? common : [.. common, "deviceId"]);
        int allocation = JsonInput.Choice(entry, "allocation", "hashed", "geoLatency", "static");
        int reprovision = JsonInput.Choice(entry, "reprovision", "migrate", "reset", "never");
        return new HubEnrollment
        {
            Id = JsonInput.RequiredText(entry, idName),
            IsGroup = isGroup,
            DeviceId = JsonInput.Text(entry, "deviceId"),
            PrimaryKey = JsonInput.Text(entry, "primaryKey"),
            SecondaryKey = JsonInput.Text(entry, "secondaryKey"),
            Enabled = JsonInput.Choice(entry, "status", "enabled", "disabled") != 1,
            IotEdge = JsonInput.Flag(entry, "iotEdge") == true,
            Allocation = allocation < 0 ? null : (AllocationPolicy)allocation,
            Reprovision = reprovision < 0 ? ReprovisionPolicy.MigrateData : (ReprovisionPolicy)reprovision,
            IotHubHostName = JsonInput.Text(entry, "iotHubHostName"),
            InitialTags = JsonInput.Object(entry, "tags"),
            InitialDesired = JsonInput.Object(entry, "desired"),
        };
    }
}
