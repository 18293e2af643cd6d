using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>What a received topic costs before anyone is told.</summary>
public class TopicBenchmarks
{
    private readonly HubTopicMatch _match = new();
    private readonly HubTopicParser _parser = new(new HubTopics("hub.example.org", "device-1", null));
    private readonly byte[] _method = Utf8Text.GetBytes("$iothub/methods/POST/getDiagnostics/?$rid=1f");
    private readonly byte[] _twin = Utf8Text.GetBytes("$iothub/twin/res/204/?$rid=a-17&$version=42");
    private readonly byte[] _desired = Utf8Text.GetBytes("$iothub/twin/PATCH/properties/desired/?$version=43");
    private readonly byte[] _message = Utf8Text.GetBytes("devices/device-1/messages/devicebound/%24.mid=1&%24.to=%2Fdevices%2Fdevice-1");

    [Benchmark]
    public bool DirectMethod() => _parser.Parse(_method, 0, _method.Length, _match);

    [Benchmark]
    public bool TwinResponse() => _parser.Parse(_twin, 0, _twin.Length, _match);

    [Benchmark]
    public bool DesiredProperties() => _parser.Parse(_desired, 0, _desired.Length, _match);

    [Benchmark]
    public bool CloudToDevice() => _parser.Parse(_message, 0, _message.Length, _match);
}
