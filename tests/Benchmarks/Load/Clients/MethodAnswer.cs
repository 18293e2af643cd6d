namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>The body that every client answers a direct method with.</summary>
internal static class MethodAnswer
{
    public static byte[] Body { get; } = "{\"interval\":5,\"ok\":true}"u8.ToArray();
}
