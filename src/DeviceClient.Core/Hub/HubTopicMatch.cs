namespace DeviceClient.Protocol;

/// <summary>The parts of a topic received from the hub. The object is reused: <see cref="HubTopicParser.Parse"/> overwrites it.</summary>
public sealed class HubTopicMatch
{
    /// <summary>What the topic stands for.</summary>
    public HubTopicKind Kind { get; internal set; }

    /// <summary>TwinResponse: 100 to 999.</summary>
    public int Status { get; internal set; }

    /// <summary>TwinResponse and DesiredProperties: <c>$version</c>; -1 when absent.</summary>
    public long Version { get; internal set; }

    /// <summary>TwinResponse: the wait the service asks for in seconds; 0 when absent.</summary>
    public int RetryAfterSeconds { get; internal set; }

    /// <summary>DirectMethod and TwinResponse: the request id as received, never interpreted (P69).</summary>
    public string RequestId { get; internal set; } = string.Empty;

    /// <summary>DirectMethod: the method's name. ModuleInput: the input's name.</summary>
    public string Name { get; internal set; } = string.Empty;

    /// <summary>CloudToDevice and ModuleInput: start of the encoded properties in the parsed buffer.</summary>
    public int BagOffset { get; internal set; }

    /// <summary>CloudToDevice and ModuleInput: length of the encoded properties.</summary>
    public int BagCount { get; internal set; }

    internal void Clear()
    {
        Kind = HubTopicKind.NoMatch;
        Status = 0;
        Version = -1;
        RetryAfterSeconds = 0;
        RequestId = string.Empty;
        Name = string.Empty;
        BagOffset = 0;
        BagCount = 0;
    }
}
