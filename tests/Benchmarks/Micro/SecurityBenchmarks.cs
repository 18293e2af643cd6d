using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>Tokens and the managed hash beside the runtime's own.</summary>
public class SecurityBenchmarks
{
    private readonly byte[] _key = new byte[32];
    private readonly byte[] _text = new byte[1024];
    private SymmetricKeySigner _signer = null!;

    [GlobalSetup]
    public void Setup() => _signer = new SymmetricKeySigner(_key);

    [Benchmark]
    public string SasTokenCreate() => SasToken.Create("hub.example.org/devices/device-1", null, 1_800_000_000, _signer);

    [Benchmark]
    public byte[] ManagedHmacOneKilobyte() => HmacSha256.Hash(_key, _text, 0, _text.Length);

    [Benchmark(Baseline = true)]
    public byte[] RuntimeHmacOneKilobyte() => System.Security.Cryptography.HMACSHA256.HashData(_key, _text);
}
