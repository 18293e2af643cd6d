using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>The refusal of a query that cannot be understood.</summary>
internal static class QueryError
{
    internal static HubServiceException At(int position, string what) => HubErrors.ArgumentInvalid(
        string.Create(CultureInfo.InvariantCulture, $"The query is not valid at position {position}: {what}."));
}
