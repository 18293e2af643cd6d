namespace DeviceClient.Core.Tests;

internal static class Hex
{
    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    internal static string Text(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
